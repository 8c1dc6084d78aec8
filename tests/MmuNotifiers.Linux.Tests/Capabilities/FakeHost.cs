using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Capabilities;

namespace MmuNotifiers.Linux.Tests.Capabilities;

/// <summary>A host that has everything, of which a test takes away what it is about.</summary>
internal sealed class FakeHost : IHost
{
    private const int NoEntry = 2;

    public bool IsLinux { get; set; } = true;

    public Architecture Architecture { get; set; } = Architecture.X64;

    public string Description { get; set; } = "Debian GNU/Linux 12 (bookworm)";

    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["/proc/sys/kernel/osrelease"] = "6.18.44",
        ["/proc/sys/kernel/perf_event_paranoid"] = "2",
        ["/proc/self/status"] = "Name:\tdotnet\nCapEff:\t000001ffffffffff\nSeccomp:\t0",
        ["/proc/self/limits"] = "Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         8388608              8388608              bytes",
        ["/proc/sys/vm/overcommit_memory"] = "0",
        ["/sys/kernel/mm/transparent_hugepage/enabled"] = "always [madvise] never",
        ["/proc/cpuinfo"] = "processor\t: 0\nflags\t\t: fpu vmx sse2",
        ["/proc/swaps"] = "Filename Type Size Used Priority",
        ["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712",
    };

    public HashSet<string> HiddenFolders { get; } = new(StringComparer.Ordinal) { "/sys/module/kvm_pvm" };

    public HashSet<string> ReadOnlyPaths { get; } = new(StringComparer.Ordinal);

    public HashSet<string> MissingCommands { get; } = new(StringComparer.Ordinal);

    public HostAnswer Userfault { get; set; } = new(0x1ffff, 0);

    public HostAnswer Scan { get; set; }

    public HostAnswer Barriers { get; set; } = new(0x3ff, 0);

    public HostAnswer KvmVersion { get; set; } = new(12, 0);

    public HashSet<nint> MissingExtensions { get; } = [];

    public string? ReadText(string path) => Files.GetValueOrDefault(path);

    public bool HasDirectory(string path) => !HiddenFolders.Contains(path);

    public bool CanWrite(string path) => !ReadOnlyPaths.Contains(path);

    public string? FindCommand(string name) => MissingCommands.Contains(name) ? null : $"/usr/bin/{name}";

    public string? Output(string command, params string[] arguments) => MissingCommands.Contains(command) ? null : $"{command} version 6.1\n";

    public HostAnswer UserfaultFeatures() => Userfault;

    public HostAnswer PageMapScan() => Scan;

    public HostAnswer MembarrierCommands() => Barriers;

    public HostAnswer Kvm(uint request, nint argument) =>
        KvmVersion.IsRefused || argument == 0 ? KvmVersion : new HostAnswer(MissingExtensions.Contains(argument) ? 0 : 1, 0);

    /// <summary>Looks for one thing by the name that <c>doctor</c> gives it.</summary>
    public HostCapability Examine(string name)
    {
        HostExamination examination = new(this);
        return examination.Groups.Select(group => group.Verdict)
            .Concat(examination.Groups.SelectMany(group => group.Required.Concat(group.Optional)))
            .Append(examination.SharedPagedMemory.Value).Append(examination.OracleGuest.Value).Append(examination.KernelSwap.Value)
            .First(part => part.Name == name);
    }

    /// <summary>/dev/kvm is not there.</summary>
    public void TakeKvm() => KvmVersion = new HostAnswer(0, NoEntry);

    /// <summary>An ordinary user: no capability of capabilities(7).</summary>
    public void TakePrivileges() => Files["/proc/self/status"] = "Name:\tdotnet\nCapEff:\t0000000000000000";
}
