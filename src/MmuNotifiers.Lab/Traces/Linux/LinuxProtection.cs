namespace MmuNotifiers.Lab.Traces;

/// <summary>PROT_* as the program passed it to mmap or mprotect; unknown bits are kept.</summary>
[Flags]
public enum LinuxProtection : uint
{
    /// <summary>PROT_NONE.</summary>
    None = 0,

    /// <summary>PROT_READ.</summary>
    Read = 1,

    /// <summary>PROT_WRITE.</summary>
    Write = 2,

    /// <summary>PROT_EXEC.</summary>
    Execute = 4,

    /// <summary>PROT_GROWSDOWN: the change extends to the start of an area that grows down.</summary>
    GrowsDown = 0x0100_0000,

    /// <summary>PROT_GROWSUP.</summary>
    GrowsUp = 0x0200_0000,
}
