namespace MmuNotifiers.Lab.Checking;

/// <summary>How a scenario is explored, and for how long.</summary>
public sealed record RaceCheckOptions
{
    /// <summary>Which interleavings are tried.</summary>
    public SearchStrategy Search { get; init; } = SearchStrategy.EveryInterleaving;

    /// <summary>How the memory of the machine behaves.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.SequentiallyConsistent;

    /// <summary>With <see cref="SearchStrategy.BoundedPreemptions"/>: how often a thread that could go on is interrupted.</summary>
    public int Preemptions { get; init; } = 2;

    /// <summary>With <see cref="SearchStrategy.Probabilistic"/>: how many changes of priority one execution has.</summary>
    public int PriorityChanges { get; init; } = 3;

    /// <summary>After how many executions the search gives up. Random searches make as many.</summary>
    public long MaxExecutions { get; init; } = 10_000_000;

    /// <summary>After how many steps of one execution the threads are said to run for ever (I11).</summary>
    public int MaxSteps { get; init; } = 20_000;

    /// <summary>After how long the search gives up.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many executions run at the same time, each with threads of its own.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Where random searches begin. The same seed gives the same executions with one worker.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The schedule of an earlier violation: only that one is run. See <see cref="RaceViolation.Schedule"/>.</summary>
    public string? Replay { get; init; }

    /// <summary>Whether a failing scenario is made smaller, by leaving out threads and operations, before it is drawn.</summary>
    public bool Shrink { get; init; } = true;

    /// <summary>What is watched. To see what becomes of a missing call, leave out <see cref="Invariants.Coverage"/>.</summary>
    public Invariants Watched { get; init; } = Invariants.All;
}
