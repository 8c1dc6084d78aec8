namespace MmuNotifiers.Lab.Conformance;

/// <summary>How a file of cases went.</summary>
/// <param name="Passed">How many cases passed.</param>
/// <param name="Failed">How many did not.</param>
/// <param name="Cases">Each case, in the order of the file.</param>
public sealed record ConformanceReport(int Passed, int Failed, IReadOnlyList<ConformanceResult> Cases);
