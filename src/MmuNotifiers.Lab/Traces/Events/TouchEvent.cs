namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// Accesses that were not recorded but made up by an importer whose source has system calls only, by the rule that the header states
/// (<see cref="TraceHeader.TouchRule"/>). No kernel fault stands behind it.
/// </summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Address">The first page.</param>
/// <param name="Pages">How many consecutive pages are accessed once each.</param>
/// <param name="Access">Read or write.</param>
public sealed record TouchEvent(TraceStamp Stamp, VirtualAddress Address, ulong Pages, TouchAccess Access) : TraceEvent(Stamp);
