namespace MmuNotifiers.Lab.Traces;

/// <summary>mlockall.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Flags">MCL_CURRENT (1), MCL_FUTURE (2), MCL_ONFAULT (4).</param>
public sealed record LockAllCall(TraceStamp Stamp, long Result, uint Flags) : SystemCallEvent(Stamp, Result);
