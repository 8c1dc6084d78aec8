using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Capabilities;

namespace MmuNotifiers.Linux.Tests.Capabilities;

/// <summary>What is said of hosts that lack something: one thing is taken away at a time.</summary>
public sealed class HostExaminationTests
{
    private const int NotPermitted = 1;
    private const int NoSystemCall = 38;
    private const int NotTerminal = 25;

    /// <summary>What is taken, whose reason is looked at, and what it must say.</summary>
    public static TheoryData<string, string, string> Refusals { get; } = new()
    {
        { "perf", "perf", "there is no perf" },
        { "perf", "record", "apt-get install linux-perf" },
        { "tracefs", "record", "mount -t tracefs none /sys/kernel/tracing" },
        { "fault tracepoint", "record", "no tracepoint exceptions:page_fault_kernel" },
        { "privileges", "record", "CAP_PERFMON" },
        { "valgrind", "valgrind", "apt-get install valgrind" },
        { "compiler", "fuzz", "apt-get install gcc libc6-dev" },
        { "x86-64", "fuzz", "x86-64 only; this is Arm64" },
        { "new kernel", "kernel-6.18", "this is 6.1.0-18-amd64; cases were judged by Linux 6.18" },
        { "kvm", "kvm", "load kvm_intel or kvm_amd" },
        { "kvm", "fuzz-guest", "/dev/kvm is not there" },
        { "kvm", "guests", "/dev/kvm is not there" },
        { "right to kvm", "guests", "join the group kvm" },
        { "right to kvm (EACCES)", "guests", "join the group kvm" },
        { "kvm's version", "guests", "API version 10, not 12" },
        { "kvm immediate exit", "guests", "KVM_CAP_IMMEDIATE_EXIT; on x86-64 Linux 4.13" },
        { "kvm registers", "kvm-sync-registers", "KVM_CAP_SYNC_REGS" },
        { "hardware virtualisation", "kvm-runs-all-levels", "module kvm_pvm" },
        { "known module", "kvm-runs-all-levels", "neither kvm_intel nor kvm_amd" },
        { "bare metal", "kvm-first-level", "flag hypervisor" },
        { "userfaultfd", "paged-memory", "CONFIG_USERFAULTFD" },
        { "right to userfaultfd", "paged-memory", "vm.unprivileged_userfaultfd" },
        { "right to userfaultfd", "uffd-move", "vm.unprivileged_userfaultfd" },
        { "right to userfaultfd", "guests", "vm.unprivileged_userfaultfd" },
        { "new userfaultfd", "uffd-move", "UFFD_FEATURE_MOVE; Linux 6.8 and newer do (this is 6.18.44)" },
        { "userfaultfd of 5.7", "shared-paged-memory", "UFFD_FEATURE_MISSING_SHMEM" },
        { "userfaultfd of 5.14", "shared-paged-memory", "UFFD_FEATURE_WP_HUGETLBFS_SHMEM; Linux 5.19" },
        { "old userfaultfd", "paged-memory", "UFFD_FEATURE_PAGEFAULT_FLAG_WP; Linux 5.7" },
        { "pagemap scan", "pagemap-scan", "(ENOTTY); Linux 6.7" },
        { "membarrier", "membarrier", "MEMBARRIER_CMD_PRIVATE_EXPEDITED" },
        { "privileges", "locked-memory", "at most 8192 KiB" },
        { "overcommit", "overcommit", "vm.overcommit_memory is 2" },
        { "huge pages", "transparent-huge-pages", "says never" },
        { "instances", "trace-instances", "/sys/kernel/tracing/instances may not be written to" },
        { "instances", "notifier-trace", "/sys/kernel/tracing/instances may not be written to" },
        { "kvm tracepoint", "notifier-trace", "events/kvm/kvm_unmap_hva_range cannot be seen" },
        { "pagemap", "witnesses", "CONFIG_PROC_PAGE_MONITOR" },
        { "privileges", "pagemap-frames", "CAP_SYS_ADMIN" },
        { "cgroup", "memory-cgroup", "neither /sys/fs/cgroup/memory (version 1) nor" },
        { "right to cgroups", "memory-cgroup", "may not be written to" },
        { "swap", "swap-files", "CONFIG_SWAP" },
        { "privileges", "swap-files", "swapon(2) takes CAP_SYS_ADMIN" },
        { "privileges", "kernel-swap", "swapon(2) takes CAP_SYS_ADMIN" },
        { "redis", "redis-server", "apt-get install redis-server" },
        { "compiler", "benchmarks", "apt-get install gcc libc6-dev" },
        { "Linux", "record", "it takes Linux; this is Plan 9" },
        { "Linux", "paged-memory", "it takes Linux; this is Plan 9" },
        { "Linux", "guests", "it takes Linux; this is Plan 9" },
        { "Linux", "witnesses", "it takes Linux; this is Plan 9" },
        { "Linux", "benchmarks", "it takes Linux; this is Plan 9" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_a_host_lacks_is_said_in_one_line_with_the_way_to_get_it(string taken, string name, string expected)
    {
        FakeHost host = new();
        Assert.True(name.StartsWith("kvm-first", StringComparison.Ordinal) || host.Examine(name).IsAvailable, $"{name} is there before anything is taken");
        Take(host, taken);
        HostCapability found = host.Examine(name);
        Assert.False(found.IsAvailable);
        Assert.Contains(expected, found.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', found.Reason!);
        Assert.EndsWith(found.Reason!, found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_has_everything_is_told_no_reason()
    {
        HostExamination examination = new(new FakeHost());
        Assert.All(examination.Groups, group => Assert.Null(group.Verdict.Reason));
        Assert.All(examination.Groups.SelectMany(group => group.Required.Concat(group.Optional)), part => Assert.Null(part.Reason));
    }

    [Fact]
    public void An_ordinary_user_with_open_perf_events_and_userfaultfd_can_record_and_page()
    {
        FakeHost host = new();
        host.TakePrivileges();
        host.Files["/proc/sys/kernel/perf_event_paranoid"] = "-1";
        Assert.True(host.Examine("record").IsAvailable);
        Assert.True(host.Examine("paged-memory").IsAvailable);
    }

    [Fact]
    public void A_second_version_cgroup_with_the_memory_controller_will_do()
    {
        FakeHost host = new();
        host.Files.Remove("/sys/fs/cgroup/memory/memory.limit_in_bytes");
        host.Files["/sys/fs/cgroup/cgroup.subtree_control"] = "cpu memory pids";
        Assert.Equal("version 2", host.Examine("memory-cgroup").Detail);
    }

    [Fact]
    public void A_group_is_as_available_as_what_it_requires_and_no_more()
    {
        HostExamination examination = new(new LiveHost());
        Assert.All(examination.Groups, group =>
        {
            Assert.Equal(group.Required.All(part => part.IsAvailable), group.Verdict.IsAvailable);
            Assert.Equal(group.Required.FirstOrDefault(part => !part.IsAvailable)?.Reason, group.Verdict.Reason);
        });
    }

    private static void Take(FakeHost host, string what)
    {
        Dictionary<string, Action> takings = new(StringComparer.Ordinal)
        {
            ["perf"] = () => host.MissingCommands.Add("perf"),
            ["tracefs"] = () => host.HiddenFolders.UnionWith(["/sys/kernel/tracing/events/syscalls", "/sys/kernel/tracing/events/exceptions"]),
            ["fault tracepoint"] = () => host.HiddenFolders.Add("/sys/kernel/tracing/events/exceptions/page_fault_kernel"),
            ["valgrind"] = () => host.MissingCommands.Add("valgrind"),
            ["compiler"] = () => host.MissingCommands.Add("cc"),
            ["redis"] = () => host.MissingCommands.Add("redis-server"),
            ["x86-64"] = () => host.Architecture = Architecture.Arm64,
            ["new kernel"] = () => host.Files["/proc/sys/kernel/osrelease"] = "6.1.0-18-amd64",
            ["kvm"] = host.TakeKvm,
            ["right to kvm"] = () => host.KvmVersion = new HostAnswer(0, NotPermitted),
            ["right to kvm (EACCES)"] = () => host.KvmVersion = new HostAnswer(0, 13),
            ["kvm's version"] = () => host.KvmVersion = new HostAnswer(10, 0),
            ["kvm immediate exit"] = () => host.MissingExtensions.Add(136),
            ["kvm registers"] = () => host.MissingExtensions.Add(74),
            ["hardware virtualisation"] = () =>
            {
                host.HiddenFolders.UnionWith(["/sys/module/kvm_intel", "/sys/module/kvm_amd"]);
                host.HiddenFolders.Remove("/sys/module/kvm_pvm");
            },
            ["known module"] = () => host.HiddenFolders.UnionWith(["/sys/module/kvm_intel", "/sys/module/kvm_amd"]),
            ["bare metal"] = () => host.Files["/proc/cpuinfo"] = "flags\t\t: fpu hypervisor sse2",
            ["userfaultfd"] = () => host.Userfault = new HostAnswer(0, NoSystemCall),
            ["right to userfaultfd"] = () => host.Userfault = new HostAnswer(0, NotPermitted),
            ["new userfaultfd"] = () => host.Userfault = new HostAnswer(0xffff, 0),
            ["userfaultfd of 5.7"] = () => host.Userfault = new HostAnswer(0x1, 0),
            ["userfaultfd of 5.14"] = () => host.Userfault = new HostAnswer(0x7ff, 0),
            ["old userfaultfd"] = () => host.Userfault = new HostAnswer(0, 0),
            ["pagemap scan"] = () => host.Scan = new HostAnswer(0, NotTerminal),
            ["membarrier"] = () => host.Barriers = new HostAnswer(0, NoSystemCall),
            ["privileges"] = host.TakePrivileges,
            ["overcommit"] = () => host.Files["/proc/sys/vm/overcommit_memory"] = "2",
            ["huge pages"] = () => host.Files["/sys/kernel/mm/transparent_hugepage/enabled"] = "always madvise [never]",
            ["instances"] = () => host.ReadOnlyPaths.Add("/sys/kernel/tracing/instances"),
            ["kvm tracepoint"] = () => host.HiddenFolders.Add("/sys/kernel/tracing/events/kvm/kvm_unmap_hva_range"),
            ["pagemap"] = () => host.HiddenFolders.Add("/proc/self/map_files"),
            ["cgroup"] = () => host.Files.Remove("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
            ["right to cgroups"] = () => host.ReadOnlyPaths.Add("/sys/fs/cgroup/memory"),
            ["swap"] = () => host.Files.Remove("/proc/swaps"),
            ["Linux"] = () => (host.IsLinux, host.Description) = (false, "Plan 9"),
        };
        takings[what]();
    }
}
