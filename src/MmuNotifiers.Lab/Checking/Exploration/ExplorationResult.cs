using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>What an exploration found.</summary>
internal sealed record ExplorationResult
{
    /// <summary>Whether every schedule, within the strategy's own bound, was covered; false for random strategies.</summary>
    internal required bool IsExhausted { get; init; }

    /// <summary>How many executions were made, those that were given up because they were known already included.</summary>
    internal required long Executions { get; init; }

    /// <summary>How many of them were given up.</summary>
    internal required long Redundant { get; init; }

    /// <summary>How many steps were made in all.</summary>
    internal required long Steps { get; init; }

    /// <summary>The most steps of one execution.</summary>
    internal required int LongestExecution { get; init; }

    /// <summary>How long it took.</summary>
    internal required TimeSpan Elapsed { get; init; }

    /// <summary>What went wrong, or null.</summary>
    internal ExecutionFailure? Failure { get; init; }

    /// <summary>The schedule of the execution that failed; empty if none did.</summary>
    internal Schedule Schedule { get; init; } = new([]);
}
