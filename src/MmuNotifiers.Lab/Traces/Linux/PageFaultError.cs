namespace MmuNotifiers.Lab.Traces;

/// <summary>The error code that an x86-64 processor gives with a page fault (Intel SDM volume 3, section 4.7).</summary>
[Flags]
public enum PageFaultError : uint
{
    /// <summary>A read by the kernel of a page that is not present.</summary>
    None = 0,

    /// <summary>P: the page was present and the access broke its protection; clear: the page was not present.</summary>
    Present = 1,

    /// <summary>W/R: the access was a write.</summary>
    Write = 2,

    /// <summary>U/S: the access came from user mode.</summary>
    User = 4,

    /// <summary>RSVD: a reserved bit was set in an entry.</summary>
    Reserved = 8,

    /// <summary>I/D: the access was an instruction fetch.</summary>
    InstructionFetch = 0x10,

    /// <summary>PK: a protection key forbade the access.</summary>
    ProtectionKey = 0x20,

    /// <summary>SS: a shadow stack access.</summary>
    ShadowStack = 0x40,
}
