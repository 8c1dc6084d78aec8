namespace MmuNotifiers.Lab.Traces;

/// <summary>msync. Writing back write-protects the pages of a shared file mapping: the next write faults again.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Flags">MS_ASYNC (1), MS_INVALIDATE (2), MS_SYNC (4).</param>
public sealed record SyncCall(TraceStamp Stamp, long Result, VirtualAddress Address, ulong LengthBytes, uint Flags) : SystemCallEvent(Stamp, Result);
