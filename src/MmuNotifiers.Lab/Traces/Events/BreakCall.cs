namespace MmuNotifiers.Lab.Traces;

/// <summary>brk. The kernel never refuses with an errno: it answers with the break that holds now.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">The break that holds now. The first answer after execve to an address of 0 is where the heap starts.</param>
/// <param name="Address">The break that is asked for.</param>
public sealed record BreakCall(TraceStamp Stamp, long Result, VirtualAddress Address) : SystemCallEvent(Stamp, Result);
