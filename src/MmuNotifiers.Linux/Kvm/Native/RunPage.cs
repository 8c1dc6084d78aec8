namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>Where things lie in struct kvm_run, the page that the kernel and the monitor share for each virtual processor. Offsets in bytes.</summary>
internal static class RunPage
{
    public const int ImmediateExit = 1;
    public const int ExitReason = 8;

    /// <summary>The part that depends on the reason begins here.</summary>
    public const int Details = 32;

    public const int PortDirection = 32;
    public const int PortWidth = 33;
    public const int PortNumber = 34;
    public const int PortCount = 36;
    public const int PortDataOffset = 40;

    public const int MemoryAddress = 32;
    public const int MemoryData = 40;
    public const int MemoryLength = 48;
    public const int MemoryIsWrite = 52;

    /// <summary>The guest's address in a fault without memory, behind the flags.</summary>
    public const int FaultAddress = 40;

    public const int InternalErrorKind = 32;
    public const int ValidRegisters = 288;
    public const int DirtyRegisters = 296;
    public const int Registers = 304;
    public const int SpecialRegisters = 448;

    /// <summary>The end of what this monitor uses.</summary>
    public const int LengthBytes = 760;

    /// <summary>KVM_SYNC_X86_REGS.</summary>
    public const ulong GeneralSet = 1;

    /// <summary>KVM_SYNC_X86_SREGS.</summary>
    public const ulong SpecialSet = 2;
}
