namespace MmuNotifiers.Lab.Reports;

/// <summary>How many faults of one kind the primary handled for the program.</summary>
/// <param name="Kind">What the fault did.</param>
/// <param name="Count">How often.</param>
public sealed record FaultKindCount(string Kind, long Count);
