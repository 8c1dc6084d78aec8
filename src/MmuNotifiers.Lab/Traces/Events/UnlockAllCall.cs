namespace MmuNotifiers.Lab.Traces;

/// <summary>munlockall.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
public sealed record UnlockAllCall(TraceStamp Stamp, long Result) : SystemCallEvent(Stamp, Result);
