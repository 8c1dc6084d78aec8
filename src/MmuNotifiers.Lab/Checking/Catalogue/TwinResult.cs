namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>What became of the correct twin of a scenario.</summary>
public sealed record TwinResult
{
    /// <summary>Whether nothing was broken, up to <see cref="Bound"/>.</summary>
    public required bool Passed { get; init; }

    /// <summary>Whether every interleaving that matters was tried.</summary>
    public required bool Exhausted { get; init; }

    /// <summary>How far the search went.</summary>
    public required string Bound { get; init; }

    /// <summary>What was broken in a program that has no bug: its invariants and sentence; null if nothing was.</summary>
    public string? Violation { get; init; }

    /// <summary>How many executions there were.</summary>
    public required long Executions { get; init; }

    /// <summary>How many steps these had.</summary>
    public required long Steps { get; init; }

    /// <summary>How long that took, in seconds.</summary>
    public required double Seconds { get; init; }
}
