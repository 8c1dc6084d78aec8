namespace MmuNotifiers.Lab.Traces;

/// <summary>madvise.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">The length as passed.</param>
/// <param name="Advice">MADV_*.</param>
public sealed record AdviseCall(
    TraceStamp Stamp,
    long Result,
    VirtualAddress Address,
    ulong LengthBytes,
    LinuxAdvice Advice) : SystemCallEvent(Stamp, Result);
