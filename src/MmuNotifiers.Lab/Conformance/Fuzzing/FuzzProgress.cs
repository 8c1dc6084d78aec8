namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>How far fuzzing is.</summary>
/// <param name="Fraction">The share of the time or of the operations that is done, 0 to 1.</param>
/// <param name="Operations">Random operations compared.</param>
/// <param name="Mismatches">Cases that ended otherwise here.</param>
public readonly record struct FuzzProgress(double Fraction, long Operations, int Mismatches);
