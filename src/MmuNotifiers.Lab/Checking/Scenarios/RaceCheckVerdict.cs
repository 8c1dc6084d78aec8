namespace MmuNotifiers.Lab.Checking;

/// <summary>How a race check ended.</summary>
public enum RaceCheckVerdict
{
    /// <summary>No interleaving within the stated bound broke anything.</summary>
    Passed,

    /// <summary>One did.</summary>
    Violation,

    /// <summary>The search gave up before it could tell.</summary>
    Inconclusive,
}
