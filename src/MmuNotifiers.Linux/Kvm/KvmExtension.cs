namespace MmuNotifiers.Linux.Kvm;

/// <summary>What <see cref="KvmDevice.Check"/> can be asked about: the KVM_CAP_* numbers that this monitor uses or reports.</summary>
public enum KvmExtension
{
    /// <summary>KVM_CAP_USER_MEMORY: memory slots over memory of the process.</summary>
    UserMemory = 3,

    /// <summary>KVM_CAP_NR_MEMSLOTS: how many slots a machine may have.</summary>
    MemorySlots = 10,

    /// <summary>KVM_CAP_SYNC_MMU: the kernel's MMU notifiers keep the guest coherent with this process's page tables; without it memory would have to be pinned.</summary>
    SynchronousMmu = 16,

    /// <summary>KVM_CAP_MAX_VCPUS: how many virtual processors a machine may have.</summary>
    MostProcessors = 66,

    /// <summary>KVM_CAP_SYNC_REGS: registers pass through the page that the kernel shares.</summary>
    SharedRegisters = 74,

    /// <summary>KVM_CAP_IMMEDIATE_EXIT: a kick that comes before the entry is not lost.</summary>
    ImmediateExit = 136,

    /// <summary>KVM_CAP_MEMORY_FAULT_INFO: some faults without memory tell their address.</summary>
    MemoryFaultAddress = 232,
}
