namespace MmuNotifiers.Lab.Traces;

/// <summary>mlock or mlock2. Its pages are brought in without recorded faults.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Flags">0, or MLOCK_ONFAULT (1): pages are locked when they are faulted in.</param>
public sealed record LockCall(TraceStamp Stamp, long Result, VirtualAddress Address, ulong LengthBytes, uint Flags) : SystemCallEvent(Stamp, Result);
