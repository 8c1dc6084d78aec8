namespace MmuNotifiers.Lab.Checking;

/// <summary>A broken invariant, and the interleaving that breaks it.</summary>
public sealed record RaceViolation
{
    /// <summary>What was broken; <see cref="Invariants.None"/> for an assertion or an exception of the scenario's own code.</summary>
    public required Invariants Broken { get; init; }

    /// <summary>What went wrong, in one plain sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The interleaving, for <see cref="RaceCheckOptions.Replay"/> with the same scenario.</summary>
    public required string Schedule { get; init; }

    /// <summary>The interleaving, step by step.</summary>
    public required Timeline Timeline { get; init; }

    /// <summary>The invariants, the sentence, and the timeline as text.</summary>
    public override string ToString() => Timeline.ToString();
}
