using System.Globalization;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>
/// Looks at a host, each thing once and not before it is asked for. Reasons are one line: what is missing, and how to get it.
/// </summary>
internal sealed partial class HostExamination
{
    /// <summary>The kernel that the cases of the repository were judged by.</summary>
    private static readonly Version JudgedKernel = new(6, 18);

    private readonly IHost _host;

    internal HostExamination(IHost host)
    {
        _host = host;
        Linux = new(() => host.IsLinux
            ? HostCapability.Has("linux", host.ReadText("/proc/sys/kernel/osrelease"))
            : HostCapability.Lacks("linux", $"it takes Linux; this is {host.Description}"));
        Compiler = OnLinux("cc", () => Command("cc", "gcc libc6-dev"));
        Perf = OnLinux("perf", LookAtPerf);
        Kvm = OnLinux("kvm", LookAtKvm);
        Userfaultfd = OnLinux("userfaultfd", LookAtUserfaultfd);
        PageMapScan = OnLinux("pagemap-scan", LookAtPageMapScan);
        Recording = new(GroupRecording);
        Fuzzing = new(GroupFuzzing);
        PagedMemory = new(GroupPagedMemory);
        SharedPagedMemory = new(() => HostCapability.OfAll(
            "shared-paged-memory", PagedMemory.Value.Verdict, UserfaultFeature("missing-shmem"), UserfaultFeature("wp-shmem")));
        Guests = new(GroupGuests);
        OracleGuest = new(() => HostCapability.OfAll("fuzz-guest", Fuzzing.Value.Verdict, Kvm.Value));
        NotifierTrace = new(() => HostCapability.OfAll("notifier-trace", NotifierTraceParts()));
        KernelSwap = new(() => HostCapability.OfAll("kernel-swap", Linux.Value, LookAtMemoryCgroup(), LookAtSwapFiles()));
    }

    internal Lazy<HostCapability> Linux { get; }

    internal Lazy<HostCapability> Compiler { get; }

    internal Lazy<HostCapability> Perf { get; }

    internal Lazy<HostCapability> Kvm { get; }

    internal Lazy<HostCapability> Userfaultfd { get; }

    internal Lazy<HostCapability> PageMapScan { get; }

    internal Lazy<HostCapability> SharedPagedMemory { get; }

    internal Lazy<HostCapability> OracleGuest { get; }

    internal Lazy<HostCapability> NotifierTrace { get; }

    internal Lazy<HostCapability> KernelSwap { get; }

    internal Lazy<HostCapabilityGroup> Recording { get; }

    internal Lazy<HostCapabilityGroup> Fuzzing { get; }

    internal Lazy<HostCapabilityGroup> PagedMemory { get; }

    internal Lazy<HostCapabilityGroup> Guests { get; }

    /// <summary>Everything, by what it is for.</summary>
    internal IReadOnlyList<HostCapabilityGroup> Groups =>
        [Recording.Value, Fuzzing.Value, PagedMemory.Value, Guests.Value, GroupWitnesses(), GroupBenchmarks()];

    private Lazy<HostCapability> OnLinux(string name, Func<HostCapability> look) =>
        new(() => Linux.Value.IsAvailable ? look() : Linux.Value.As(name));

    private HostCapability Command(string name, string package) => _host.FindCommand(name) is { } path
        ? HostCapability.Has(name, path)
        : HostCapability.Lacks(name, $"there is no {name} in PATH (Debian: apt-get install {package})");

    private HostCapability Tracepoint(string tracepoint, string origin)
    {
        string path = $"{TraceEvents}/{tracepoint.Replace(':', '/')}";
        return _host.HasDirectory(path)
            ? HostCapability.Has(tracepoint)
            : HostCapability.Lacks(tracepoint, $"{path} cannot be seen: {origin}");
    }

    /// <summary>Whether this process has a capability of capabilities(7), by its number.</summary>
    private bool Has(int capability)
    {
        string? line = StatusLine("/proc/self/status", "CapEff:");
        return ulong.TryParse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held) && (held >> capability & 1) != 0;
    }

    /// <summary>What stands behind a key of a file of <c>key value</c> lines; null without.</summary>
    private string? StatusLine(string path, string key) => _host.ReadText(path)?
        .Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();

    private static string Why(HostAnswer answer) => Errno.NameOf(answer.Errno);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
