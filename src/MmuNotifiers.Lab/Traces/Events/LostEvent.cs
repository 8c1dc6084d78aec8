namespace MmuNotifiers.Lab.Traces;

/// <summary>The recorder lost events somewhere before this point: its buffer was full.</summary>
/// <param name="Stamp">When it was noticed and in which thread.</param>
/// <param name="Count">How many were lost.</param>
public sealed record LostEvent(TraceStamp Stamp, ulong Count) : TraceEvent(Stamp);
