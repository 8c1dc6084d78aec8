using MmuNotifiers.Linux.Capabilities;

namespace MmuNotifiers.Linux;

/// <summary>
/// What this host can do. Each thing is looked at when it is first asked for, once in the life of the process; looking leaves nothing behind and
/// takes at most the time of a short command. Safe from any thread, on every operating system: elsewhere than on Linux nothing is available.
/// </summary>
public static class HostCapabilities
{
    private static readonly HostExamination Host = new(new LiveHost());

    /// <summary>Recording of real programs: perf, tracefs, the tracepoints of faults and calls.</summary>
    public static HostCapability Recording => Host.Recording.Value.Verdict;

    /// <summary>The system's C compiler; the detail is its path.</summary>
    public static HostCapability Compiler => Host.Compiler.Value;

    /// <summary>The running kernel as a judge (<see cref="Oracle.KernelOracle"/>): Linux on x86-64 and a C compiler.</summary>
    public static HostCapability KernelOracle => Host.Fuzzing.Value.Verdict;

    /// <summary>A guest of KVM's beside the judged process: what <see cref="KernelOracle"/> needs, and /dev/kvm.</summary>
    public static HostCapability KernelOracleGuest => Host.OracleGuest.Value;

    /// <summary>Hearing what the kernel tells its own secondary MMUs: tracefs with instances, the tracepoints of KVM's notifier, /dev/kvm.</summary>
    public static HostCapability NotifierTrace => Host.NotifierTrace.Value;

    /// <summary>Memory paged through userfaultfd (<see cref="Linux.PagedMemory"/>), of anonymous pages.</summary>
    public static HostCapability PagedMemory => Host.PagedMemory.Value.Verdict;

    /// <summary>The same over shared memory (<see cref="PagedMemoryBacking.SharedMemory"/>).</summary>
    public static HostCapability SharedPagedMemory => Host.SharedPagedMemory.Value;

    /// <summary>Guests of KVM over paged memory.</summary>
    public static HostCapability VirtualMachines => Host.Guests.Value.Verdict;

    /// <summary>Scanning page tables with PAGEMAP_SCAN.</summary>
    public static HostCapability PageMapScan => Host.PageMapScan.Value;

    /// <summary>A memory cgroup and a swap file of one's own, for measurements beside the kernel's swap.</summary>
    public static HostCapability KernelSwap => Host.KernelSwap.Value;

    /// <summary>The detail is what <c>perf --version</c> prints.</summary>
    internal static HostCapability Perf => Host.Perf.Value;

    /// <summary>Everything, by what it is for.</summary>
    public static IReadOnlyList<HostCapabilityGroup> Groups => Host.Groups;
}
