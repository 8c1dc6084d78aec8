using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>How to explore, and how far.</summary>
internal sealed record ExplorationOptions
{
    /// <summary>How schedules are chosen.</summary>
    internal SearchStrategy Strategy { get; init; } = SearchStrategy.EveryInterleaving;

    /// <summary>When stores become visible.</summary>
    internal MemoryModel MemoryModel { get; init; } = MemoryModel.SequentiallyConsistent;

    /// <summary>How often a thread may be left although it could go on; for <see cref="SearchStrategy.BoundedPreemptions"/>.</summary>
    internal int MaxPreemptions { get; init; } = 2;

    /// <summary>The number of changes of priority plus one; for <see cref="SearchStrategy.Probabilistic"/>.</summary>
    internal int BugDepth { get; init; } = 3;

    /// <summary>The seed of random searches.</summary>
    internal ulong Seed { get; init; } = 1;

    /// <summary>How many executions at most.</summary>
    internal long MaxExecutions { get; init; } = long.MaxValue;

    /// <summary>How many steps an execution may have at most; more are a livelock.</summary>
    internal int MaxSteps { get; init; } = 10_000;

    /// <summary>How long the exploration may take.</summary>
    internal TimeSpan MaxTime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How many workers explore, each on a core.</summary>
    internal int Workers { get; init; } = 1;

    /// <summary>Whether the first failure ends the exploration; otherwise the last one is reported.</summary>
    internal bool StopsAtFailure { get; init; } = true;
}
