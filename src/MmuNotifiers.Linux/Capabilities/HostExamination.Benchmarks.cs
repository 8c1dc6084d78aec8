namespace MmuNotifiers.Linux.Capabilities;

/// <summary>What measurements beside others need.</summary>
internal sealed partial class HostExamination
{
    private const string FirstCgroups = "/sys/fs/cgroup/memory";
    private const string SecondCgroups = "/sys/fs/cgroup";

    private HostCapabilityGroup GroupBenchmarks() => new(
        "benchmarks", "measurements beside the kernel, programs in C, and servers",
        [Compiler.Value],
        LookAtMemoryCgroup(), LookAtSwapFiles(), LookAtRedis());

    private HostCapability LookAtMemoryCgroup()
    {
        const string Name = "memory-cgroup";
        if (_host.ReadText($"{FirstCgroups}/memory.limit_in_bytes") is not null)
        {
            return Writable(FirstCgroups, "version 1");
        }

        bool isSecond = _host.ReadText($"{SecondCgroups}/cgroup.subtree_control")?.Split(' ').Contains("memory") ?? false;
        return isSecond
            ? Writable(SecondCgroups, "version 2")
            : HostCapability.Lacks(Name, $"neither {FirstCgroups} (version 1) nor a memory controller in {SecondCgroups}/cgroup.subtree_control (version 2): mount one, or enable it (echo +memory)");

        HostCapability Writable(string folder, string version) => _host.CanWrite(folder)
            ? HostCapability.Has(Name, version)
            : HostCapability.Lacks(Name, $"{folder} may not be written to: run as root");
    }

    private HostCapability LookAtSwapFiles()
    {
        const string Name = "swap-files";
        return _host.ReadText("/proc/swaps") is null ? HostCapability.Lacks(Name, "/proc/swaps is not there: the kernel was built without CONFIG_SWAP")
            : Has(AdministratorCapability) ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, "swapon(2) takes CAP_SYS_ADMIN: run as root");
    }

    private HostCapability LookAtRedis() => Linux.Value.IsAvailable ? Command("redis-server", "redis-server") : Linux.Value.As("redis-server");
}
