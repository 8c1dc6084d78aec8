using System.Globalization;
using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>Memory that is paged through userfaultfd, and the settings that decide how large it can be.</summary>
internal sealed partial class HostExamination
{
    private const int LockCapability = 14;
    private const int PrivateExpeditedBarrier = 1 << 3;

    /// <summary>Bits of struct uffdio_api, and the first kernel that has them.</summary>
    private static readonly (string Name, string Flag, int Bit, string Since)[] UserfaultFlags =
    [
        ("wp", "UFFD_FEATURE_PAGEFAULT_FLAG_WP", 0, "5.7"),
        ("missing-shmem", "UFFD_FEATURE_MISSING_SHMEM", 5, "4.11"),
        ("sigbus", "UFFD_FEATURE_SIGBUS", 7, "4.14"),
        ("thread-id", "UFFD_FEATURE_THREAD_ID", 8, "4.14"),
        ("minor-shmem", "UFFD_FEATURE_MINOR_SHMEM", 10, "5.14"),
        ("exact-address", "UFFD_FEATURE_EXACT_ADDRESS", 11, "5.18"),
        ("wp-shmem", "UFFD_FEATURE_WP_HUGETLBFS_SHMEM", 12, "5.19"),
        ("wp-unpopulated", "UFFD_FEATURE_WP_UNPOPULATED", 13, "6.4"),
        ("poison", "UFFD_FEATURE_POISON", 14, "6.6"),
        ("wp-async", "UFFD_FEATURE_WP_ASYNC", 15, "6.7"),
        ("move", "UFFD_FEATURE_MOVE", 16, "6.8"),
    ];

    private HostCapabilityGroup GroupPagedMemory()
    {
        string[] needed = ["wp"];
        return new HostCapabilityGroup(
            "paged-memory", "real memory, paged by this library through userfaultfd",
            [Userfaultfd.Value, .. needed.Select(UserfaultFeature)],
            [
                .. UserfaultFlags.Select(flag => flag.Name).Except(needed).Select(UserfaultFeature),
                PageMapScan.Value, LookAtMembarrier(), LookAtLockedMemory(), LookAtOvercommit(), LookAtHugePages(),
            ]);
    }

    private HostCapability LookAtUserfaultfd()
    {
        const string Name = "userfaultfd";
        HostAnswer answer = _host.UserfaultFeatures();
        return answer.Errno switch
        {
            0 => HostCapability.Has(Name, Text($"features 0x{answer.Value:x}")),
            Errno.NotPermitted => HostCapability.Lacks(
                Name, "userfaultfd(2) is refused: run as root, give CAP_SYS_PTRACE, or set vm.unprivileged_userfaultfd to 1 (a container's seccomp filter refuses it too)"),
            Errno.NoSystemCall => HostCapability.Lacks(Name, "the kernel was built without CONFIG_USERFAULTFD"),
            _ => HostCapability.Lacks(Name, $"userfaultfd(2) is refused: {Why(answer)}"),
        };
    }

    private HostCapability UserfaultFeature(string feature)
    {
        (string name, string flag, int bit, string since) = UserfaultFlags.Single(item => item.Name == feature);
        name = $"uffd-{name}";
        return Userfaultfd.Value is { IsAvailable: false } refused ? refused.As(name)
            : (_host.UserfaultFeatures().Value >> bit & 1) != 0 ? HostCapability.Has(name)
            : HostCapability.Lacks(name, $"the kernel has no {flag}; Linux {since} and newer do (this is {Linux.Value.Detail})");
    }

    private HostCapability LookAtPageMapScan()
    {
        const string Name = "pagemap-scan";
        HostAnswer answer = _host.PageMapScan();
        return answer.IsRefused
            ? HostCapability.Lacks(Name, $"PAGEMAP_SCAN of /proc/self/pagemap is refused ({Why(answer)}); Linux 6.7 and newer with CONFIG_PROC_PAGE_MONITOR have it (this is {Linux.Value.Detail})")
            : HostCapability.Has(Name);
    }

    private HostCapability LookAtMembarrier()
    {
        const string Name = "membarrier";
        if (!Linux.Value.IsAvailable)
        {
            return Linux.Value.As(Name);
        }

        HostAnswer commands = _host.MembarrierCommands();
        return !commands.IsRefused && (commands.Value & PrivateExpeditedBarrier) != 0
            ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, "membarrier(2) with MEMBARRIER_CMD_PRIVATE_EXPEDITED is refused, so that process-wide barriers cost what mprotect does; Linux 4.14 and newer with CONFIG_MEMBARRIER have it");
    }

    /// <summary>Matters to whoever pins or locks; paged memory itself locks nothing.</summary>
    private HostCapability LookAtLockedMemory()
    {
        const string Name = "locked-memory";
        const string Key = "Max locked memory";
        string? soft = StatusLine("/proc/self/limits", Key)?.Split(' ', 2)[0];
        return Has(LockCapability) ? HostCapability.Has(Name, "no limit (CAP_IPC_LOCK)")
            : soft == "unlimited" ? HostCapability.Has(Name, "no limit")
            : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                ? HostCapability.Lacks(Name, Text($"at most {bytes >> 10} KiB can be locked or pinned: raise RLIMIT_MEMLOCK (ulimit -l), or give CAP_IPC_LOCK"))
            : HostCapability.Lacks(Name, "/proc/self/limits does not say how much may be locked");
    }

    private HostCapability LookAtOvercommit()
    {
        const string Name = "overcommit";
        const string Setting = "/proc/sys/vm/overcommit_memory";
        return _host.ReadText(Setting) switch
        {
            "0" => HostCapability.Has(Name, "vm.overcommit_memory is 0: all but the obviously too large"),
            "1" => HostCapability.Has(Name, "vm.overcommit_memory is 1: everything"),
            "2" => HostCapability.Lacks(Name, "vm.overcommit_memory is 2: a window larger than what can be committed is refused; set it to 0 or 1, or raise vm.overcommit_ratio"),
            _ => HostCapability.Lacks(Name, $"{Setting} cannot be read"),
        };
    }

    private HostCapability LookAtHugePages()
    {
        const string Name = "transparent-huge-pages";
        const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";
        return RecordingHost.Bracketed(_host.ReadText(Setting)) switch
        {
            null => HostCapability.Lacks(Name, $"{Setting} cannot be read: the kernel was built without CONFIG_TRANSPARENT_HUGEPAGE"),
            "never" => HostCapability.Lacks(Name, $"{Setting} says never; 'madvise' lets programs ask for them"),
            { } mode => HostCapability.Has(Name, mode),
        };
    }
}
