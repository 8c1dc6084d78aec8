namespace MmuNotifiers.Linux.Capabilities;

/// <summary>Guests of KVM, and the kernel's own witnesses of what happens to memory.</summary>
internal sealed partial class HostExamination
{
    private const string VirtualMachines = "/dev/kvm";
    private const uint KvmVersion = 0xAE00;
    private const uint KvmExtension = 0xAE03;
    private const int KvmVersionInUse = 12;
    private const string TraceInstances = "/sys/kernel/tracing/instances";
    private const string KvmTracepoints = "it takes root, tracefs, and a kernel with KVM (module kvm loaded)";

    /// <summary>Modules of KVM over VMX and over SVM.</summary>
    private static readonly string[] HardwareModules = ["kvm_intel", "kvm_amd"];

    /// <summary>Numbers of KVM_CHECK_EXTENSION.</summary>
    private static readonly (string Name, string Extension, nint Number, string Since)[] KvmExtensions =
    [
        ("user-memory", "KVM_CAP_USER_MEMORY", 3, "2.6.27"),
        ("follows-memory", "KVM_CAP_SYNC_MMU", 16, "2.6.28"),
        ("immediate-exit", "KVM_CAP_IMMEDIATE_EXIT", 136, "4.13"),
        ("sync-registers", "KVM_CAP_SYNC_REGS", 74, "4.17"),
        ("read-only-memory", "KVM_CAP_READONLY_MEM", 81, "3.7"),
        ("dirty-ring", "KVM_CAP_DIRTY_LOG_RING_ACQ_REL", 223, "6.1"),
        ("statistics", "KVM_CAP_BINARY_STATS_FD", 203, "5.14"),
    ];

    private HostCapabilityGroup GroupGuests()
    {
        string[] needed = ["user-memory", "follows-memory", "immediate-exit", "sync-registers"];
        return new HostCapabilityGroup(
            "guests", "guests of KVM over paged memory (mmun vm)",
            [LookAtMachine(), Kvm.Value, .. needed.Select(LookAtKvmExtension), PagedMemory.Value.Verdict],
            [.. KvmExtensions.Select(item => item.Name).Except(needed).Select(LookAtKvmExtension), LookAtKernelMode(), LookAtNesting()]);
    }

    private HostCapability LookAtKvm()
    {
        const string Name = "kvm";
        HostAnswer version = _host.Kvm(KvmVersion, 0);
        return version.Errno switch
        {
            0 when version.Value == KvmVersionInUse => HostCapability.Has(Name, Text($"API version {version.Value}")),
            0 => HostCapability.Lacks(Name, Text($"{VirtualMachines} speaks API version {version.Value}, not {KvmVersionInUse}: the kernel is older than 2.6.22")),
            Errno.NoEntry => HostCapability.Lacks(Name, $"{VirtualMachines} is not there: switch virtualisation on in the firmware, or nested virtualisation in the hypervisor, and load kvm_intel or kvm_amd"),
            Errno.NotPermitted or Errno.AccessDenied => HostCapability.Lacks(Name, $"{VirtualMachines} may not be opened: run as root, or join the group kvm"),
            _ => HostCapability.Lacks(Name, $"{VirtualMachines} cannot be opened: {Why(version)}"),
        };
    }

    private HostCapability LookAtKvmExtension(string extension)
    {
        (string name, string symbol, nint number, string since) = KvmExtensions.Single(item => item.Name == extension);
        name = $"kvm-{name}";
        if (!Kvm.Value.IsAvailable)
        {
            return Kvm.Value.As(name);
        }

        return _host.Kvm(KvmExtension, number).Value > 0
            ? HostCapability.Has(name)
            : HostCapability.Lacks(name, $"this KVM has no {symbol}; on x86-64 Linux {since} and newer do (this is {Linux.Value.Detail})");
    }

    /// <summary>
    /// Which code of a guest the processor itself runs. KVM over VMX or SVM runs all of it; KVM over software virtualisation (module kvm_pvm) runs
    /// privilege level 3 in long mode, and interprets the rest.
    /// </summary>
    private HostCapability LookAtKernelMode()
    {
        const string Name = "kvm-runs-all-levels";
        if (!Kvm.Value.IsAvailable)
        {
            return Kvm.Value.As(Name);
        }

        string? hardware = HardwareModules.FirstOrDefault(module => _host.HasDirectory($"/sys/module/{module}"));
        return hardware is not null ? HostCapability.Has(Name, hardware)
            : _host.HasDirectory("/sys/module/kvm_pvm")
                ? HostCapability.Lacks(Name, "KVM runs without VMX or SVM (module kvm_pvm): only guest code at privilege level 3 in long mode runs natively, the rest is interpreted; take a host with hardware virtualisation")
            : HostCapability.Lacks(Name, "neither kvm_intel nor kvm_amd shows under /sys/module, so guest code below privilege level 3 may be interpreted");
    }

    private HostCapability LookAtNesting()
    {
        const string Name = "kvm-first-level";
        if (!Kvm.Value.IsAvailable)
        {
            return Kvm.Value.As(Name);
        }

        string? flags = StatusLine("/proc/cpuinfo", "flags");
        return flags is null ? HostCapability.Lacks(Name, "/proc/cpuinfo shows no flags, so nobody can tell whether this host is a guest itself")
            : flags.Split(' ').Contains("hypervisor")
                ? HostCapability.Lacks(Name, "this host is a guest itself (flag hypervisor in /proc/cpuinfo): exits and faults cost several times what they cost on bare metal")
            : HostCapability.Has(Name, "not under a hypervisor");
    }

    private HostCapabilityGroup GroupWitnesses() => new(
        "witnesses", "what the kernel itself says of memory, for tests and for the curious",
        [LookAtPageMap()],
        [PageMapScan.Value, LookAtFrameNumbers(), .. NotifierTraceParts(), LookAtShadowTracepoints()]);

    private HostCapability[] NotifierTraceParts() =>
    [
        LookAtTraceInstances(), Tracepoint("kvm:kvm_unmap_hva_range", KvmTracepoints), Tracepoint("kvm:kvm_age_hva", KvmTracepoints), Kvm.Value,
    ];

    private HostCapability LookAtTraceInstances()
    {
        const string Name = "trace-instances";
        return !Linux.Value.IsAvailable ? Linux.Value.As(Name)
            : _host.CanWrite(TraceInstances) ? HostCapability.Has(Name, TraceInstances)
            : HostCapability.Lacks(Name, $"{TraceInstances} may not be written to: run as root, and mount tracefs (mount -t tracefs none /sys/kernel/tracing)");
    }

    private HostCapability LookAtShadowTracepoints() => Tracepoint("kvmmmu:kvm_mmu_set_spte", KvmTracepoints);

    private HostCapability LookAtPageMap()
    {
        const string Name = "pagemap";
        return !Linux.Value.IsAvailable ? Linux.Value.As(Name)
            : _host.HasDirectory("/proc/self/map_files") ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, "/proc/self/map_files is not there: the kernel was built without CONFIG_PROC_PAGE_MONITOR");
    }

    private HostCapability LookAtFrameNumbers()
    {
        const string Name = "pagemap-frames";
        return Has(AdministratorCapability)
            ? HostCapability.Has(Name)
            : HostCapability.Lacks(Name, "pagemap shows frame numbers to CAP_SYS_ADMIN only: run as root");
    }
}
