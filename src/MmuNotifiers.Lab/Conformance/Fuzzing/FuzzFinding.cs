namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>A case on which two worlds differ.</summary>
/// <param name="Case">The smallest one found, with the judge's outcomes as expectations.</param>
/// <param name="Difference">How its last operation ended in each.</param>
internal sealed record FuzzFinding(ConformanceCase Case, string Difference);
