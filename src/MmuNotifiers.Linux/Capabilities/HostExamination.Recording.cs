using System.Globalization;
using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>Recording with perf, and the running kernel as a judge.</summary>
internal sealed partial class HostExamination
{
    private const string TraceEvents = "/sys/kernel/tracing/events";
    private const int PerfmonCapability = 38;
    private const int AdministratorCapability = 21;

    private HostCapabilityGroup GroupRecording() => new(
        "record", "recordings of real programs (mmun record)",
        [Perf.Value, LookAtTracefs(), LookAtFaultTracepoints(), LookAtPerfEvents()],
        LookAtValgrind());

    private HostCapability LookAtPerf() => _host.Output("perf", "--version") is { } version
        ? HostCapability.Has("perf", version.Trim())
        : HostCapability.Lacks("perf", "there is no perf in PATH (Debian: apt-get install linux-perf)");

    private HostCapability LookAtTracefs() => _host.HasDirectory($"{TraceEvents}/syscalls") || _host.HasDirectory($"{TraceEvents}/exceptions")
        ? HostCapability.Has("tracefs", TraceEvents)
        : HostCapability.Lacks(
            "tracefs", $"{TraceEvents} cannot be read: record as root, or mount tracefs (mount -t tracefs none /sys/kernel/tracing) and give the right to read it");

    private HostCapability LookAtFaultTracepoints()
    {
        const string Name = "fault-tracepoints";
        string? missing = PerfEvents.Required.FirstOrDefault(point => !_host.HasDirectory($"{TraceEvents}/{point.Replace(':', '/')}"));
        return missing is null
            ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, $"the kernel has no tracepoint {missing} (x86-64 kernels with CONFIG_FTRACE_SYSCALLS do)");
    }

    /// <summary>The events of a recording are tracepoints of every process that it starts: what paranoid levels above -1 keep to the privileged.</summary>
    private HostCapability LookAtPerfEvents()
    {
        const string Name = "perf-events";
        const string Setting = "/proc/sys/kernel/perf_event_paranoid";
        if (_host.ReadText(Setting) is not { } level)
        {
            return HostCapability.Lacks(Name, $"{Setting} is not there: the kernel was built without CONFIG_PERF_EVENTS");
        }

        bool isOpen = int.TryParse(level, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number < 0;
        return isOpen || Has(PerfmonCapability) || Has(AdministratorCapability)
            ? HostCapability.Has(Name, $"kernel.perf_event_paranoid is {level}")
            : HostCapability.Lacks(Name, $"kernel.perf_event_paranoid is {level}: record as root, give CAP_PERFMON, or set it to -1");
    }

    private HostCapability LookAtValgrind() => Linux.Value.IsAvailable ? Command("valgrind", "valgrind") : Linux.Value.As("valgrind");

    private HostCapabilityGroup GroupFuzzing() => new(
        "fuzz", "the running kernel as a judge (mmun fuzz)",
        [Linux.Value, LookAtMachine(), Compiler.Value],
        LookAtKernel(), Kvm.Value, NotifierTrace.Value);

    private HostCapability LookAtMachine()
    {
        const string Name = "x86-64";
        return _host.Architecture == Architecture.X64
            ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, $"the kernel is asked on x86-64 only; this is {_host.Architecture}");
    }

    private HostCapability LookAtKernel()
    {
        string name = $"kernel-{JudgedKernel}";
        string release = Linux.Value.Detail ?? _host.Description;
        string number = new([.. release.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')]);
        return Version.TryParse(number.TrimEnd('.'), out Version? version) && version >= JudgedKernel
            ? HostCapability.Has(name, release)
            : HostCapability.Lacks(name, $"this is {release}; cases were judged by Linux {JudgedKernel}, and older kernels behave otherwise in places");
    }
}
