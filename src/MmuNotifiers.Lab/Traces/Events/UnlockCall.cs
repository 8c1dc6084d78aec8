namespace MmuNotifiers.Lab.Traces;

/// <summary>munlock.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">Its length.</param>
public sealed record UnlockCall(TraceStamp Stamp, long Result, VirtualAddress Address, ulong LengthBytes) : SystemCallEvent(Stamp, Result);
