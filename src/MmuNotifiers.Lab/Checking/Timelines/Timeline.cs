namespace MmuNotifiers.Lab.Checking;

/// <summary>An interleaving that breaks an invariant: threads in columns, one step a line.</summary>
public sealed record Timeline
{
    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>What was broken.</summary>
    public required Invariants Broken { get; init; }

    /// <summary>What went wrong, in one plain sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The names of the threads, from left to right.</summary>
    public required IReadOnlyList<string> Threads { get; init; }

    /// <summary>The invariants and the sentence.</summary>
    public override string ToString() => $"{Scenario} breaks {Broken.ToShortText()}: {Sentence}";
}
