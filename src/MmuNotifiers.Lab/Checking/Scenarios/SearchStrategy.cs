namespace MmuNotifiers.Lab.Checking;

/// <summary>Which interleavings of a scenario are tried.</summary>
public enum SearchStrategy
{
    /// <summary>
    /// Every one that can differ from another in an outcome, and of those that cannot only one: dynamic partial-order reduction with sleep
    /// sets. A scenario that passes to the end has no interleaving that breaks an invariant.
    /// </summary>
    EveryInterleaving,

    /// <summary>Every one with at most <see cref="RaceCheckOptions.Preemptions"/> preemptions: most bugs need one or two.</summary>
    BoundedPreemptions,

    /// <summary>At each step any thread that can go on, at random. For scenarios that are too large for the others.</summary>
    Random,

    /// <summary>Random priorities that change at few random steps (PCT): finds a bug of small depth with a known probability.</summary>
    Probabilistic,
}
