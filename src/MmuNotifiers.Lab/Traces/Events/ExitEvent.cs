namespace MmuNotifiers.Lab.Traces;

/// <summary>The thread of the stamp ended. With the last thread that uses it the address space is torn down.</summary>
/// <param name="Stamp">When and in which thread.</param>
public sealed record ExitEvent(TraceStamp Stamp) : TraceEvent(Stamp);
