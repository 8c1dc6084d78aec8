namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Where two worlds part.</summary>
/// <param name="Index">The first operation that ends otherwise.</param>
/// <param name="Right">How it ends in the judge's world.</param>
/// <param name="Found">How it ends in the other.</param>
internal sealed record CaseDifference(int Index, Outcome Right, Outcome Found)
{
    public override string ToString() => $"expected {Right}, got {Found}";
}
