using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>What became of the catalogue.</summary>
public sealed record CatalogueReport
{
    /// <summary>How many bugs were found with a right invariant.</summary>
    public required int Found { get; init; }

    /// <summary>How many were not.</summary>
    public required int Missed { get; init; }

    /// <summary>How many correct twins did not pass.</summary>
    public required int TwinsFailed { get; init; }

    /// <summary>How many correct twins were searched to the end: no interleaving of theirs breaks anything.</summary>
    public required int TwinsExhausted { get; init; }

    /// <summary>All executions.</summary>
    public required long Executions { get; init; }

    /// <summary>All steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Executions for each second that a core spent searching.</summary>
    public required double ExecutionsPerSecond { get; init; }

    /// <summary>Steps for each second that a core spent searching.</summary>
    public required double StepsPerSecond { get; init; }

    /// <summary>How long the whole run took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many scenarios ran at the same time.</summary>
    public required int Workers { get; init; }

    /// <summary>Each scenario, in the order of the catalogue.</summary>
    public required ImmutableArray<CatalogueResult> Scenarios { get; init; }

    /// <summary>Sums results up.</summary>
    /// <param name="results">What became of each scenario.</param>
    /// <param name="elapsed">How long all of it took.</param>
    /// <param name="workers">How many ran at the same time.</param>
    public static CatalogueReport Of(ImmutableArray<CatalogueResult> results, TimeSpan elapsed, int workers)
    {
        long executions = results.Sum(result => result.Executions + result.Twin.Executions);
        long steps = results.Sum(result => result.Steps + result.Twin.Steps);
        double searching = results.Sum(result => result.Seconds + result.Twin.Seconds);
        return new CatalogueReport
        {
            Found = results.Count(result => result.Found),
            Missed = results.Count(result => !result.Found),
            TwinsFailed = results.Count(result => !result.Twin.Passed),
            TwinsExhausted = results.Count(result => result.Twin.Exhausted),
            Executions = executions,
            Steps = steps,
            ExecutionsPerSecond = searching > 0 ? executions / searching : 0,
            StepsPerSecond = searching > 0 ? steps / searching : 0,
            Seconds = elapsed.TotalSeconds,
            Workers = workers,
            Scenarios = results,
        };
    }
}
