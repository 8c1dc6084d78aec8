namespace MmuNotifiers.Lab.Checking;

/// <summary>Ends an execution: something does not hold.</summary>
internal sealed class ScenarioFailure(Invariants broken, string sentence) : Exception(sentence)
{
    /// <summary>What was broken.</summary>
    internal Invariants Broken { get; } = broken;
}
