namespace MmuNotifiers.Lab.Traces;

/// <summary>shmdt.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the segment was attached.</param>
public sealed record DetachSharedCall(TraceStamp Stamp, long Result, VirtualAddress Address) : SystemCallEvent(Stamp, Result);
