namespace MmuNotifiers.Lab.Checking;

/// <summary>An assertion of the scenario's own, made after its threads have ended.</summary>
/// <param name="Text">What it asserts.</param>
/// <param name="Check">Throws if it does not hold.</param>
internal sealed record ScenarioCheck(string Text, Action<ScenarioRun> Check);
