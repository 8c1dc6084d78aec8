namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>KVM_EXIT_*: why the kernel came back.</summary>
internal enum ExitReason : uint
{
    Unknown = 0,
    Port = 2,
    Halt = 5,
    Memory = 6,
    Shutdown = 8,
    FailedEntry = 9,
    Interrupted = 10,
    InternalError = 17,
    MemoryFault = 39,
}
