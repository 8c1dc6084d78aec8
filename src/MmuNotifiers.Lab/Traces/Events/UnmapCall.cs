namespace MmuNotifiers.Lab.Traces;

/// <summary>munmap.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">The length as passed; the kernel rounds it up to whole pages.</param>
public sealed record UnmapCall(TraceStamp Stamp, long Result, VirtualAddress Address, ulong LengthBytes) : SystemCallEvent(Stamp, Result);
