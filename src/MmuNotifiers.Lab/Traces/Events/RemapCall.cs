namespace MmuNotifiers.Lab.Traces;

/// <summary>mremap. The result is the new address.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">The new address, or a negative errno.</param>
/// <param name="OldAddress">Where the old range starts.</param>
/// <param name="OldLengthBytes">Its length; 0 asks for a second mapping of the same pages.</param>
/// <param name="NewLengthBytes">The new length.</param>
/// <param name="Flags">MREMAP_*.</param>
/// <param name="NewAddress">With MREMAP_FIXED the new place, otherwise without meaning.</param>
public sealed record RemapCall(
    TraceStamp Stamp,
    long Result,
    VirtualAddress OldAddress,
    ulong OldLengthBytes,
    ulong NewLengthBytes,
    LinuxRemapFlags Flags,
    VirtualAddress NewAddress) : SystemCallEvent(Stamp, Result);
