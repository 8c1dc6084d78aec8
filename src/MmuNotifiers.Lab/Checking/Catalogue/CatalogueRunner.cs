using System.Collections.Immutable;
using System.Diagnostics;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>Runs scenarios of the catalogue, each broken program and its twin, several at the same time.</summary>
/// <param name="options">How.</param>
public sealed class CatalogueRunner(CatalogueOptions options)
{
    /// <summary>Runs scenarios. Blocks until all are done.</summary>
    /// <param name="entries">The scenarios.</param>
    /// <param name="progress">Is told of each that is done, on the thread that did it.</param>
    /// <param name="cancelled">Ends the run between two searches.</param>
    /// <exception cref="InvalidOperationException">The process is not under the race checker; see <see cref="RaceCheck.IsAvailable"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CatalogueReport Run(ImmutableArray<CatalogueEntry> entries, IProgress<CatalogueProgress>? progress = null, CancellationToken cancelled = default)
    {
        long startedAt = Stopwatch.GetTimestamp();
        CatalogueResult[] results = new CatalogueResult[entries.Length];
        int done = 0;
        Parallel.For(
            0,
            entries.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Workers, CancellationToken = cancelled },
            index =>
            {
                results[index] = Run(entries[index]);
                progress?.Report(new CatalogueProgress(Interlocked.Increment(ref done), entries.Length, results[index]));
            });
        return CatalogueReport.Of([.. results], Stopwatch.GetElapsedTime(startedAt), options.Workers);
    }

    /// <summary>Runs one scenario: the broken program, then the twin.</summary>
    public CatalogueResult Run(CatalogueEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        RaceCheckResult broken = RaceCheck.Explore(entry.Broken.Named(entry.Name), OptionsFor(entry));
        RaceCheckResult twin = RaceCheck.Explore(entry.Twin.Named($"{entry.Name}, correct"), OptionsFor(entry) with { Shrink = false });
        return new CatalogueResult
        {
            Name = entry.Name,
            Title = entry.Title,
            Kind = entry.Kind,
            What = entry.What,
            Expected = entry.Expected.ToShortText(),
            Invariant = broken.Violation?.Broken.ToShortText(),
            Found = broken.Violation is not null && (broken.Violation.Broken & entry.Expected) != 0,
            Sentence = broken.Violation?.Sentence ?? broken.Bound,
            Executions = broken.Executions,
            Steps = broken.Steps,
            Seconds = broken.Duration.TotalSeconds,
            Exhausted = broken.IsExhausted,
            Schedule = broken.Violation?.Schedule,
            Twin = TwinOf(twin),
            Timeline = broken.Violation?.Timeline,
        };
    }

    private static TwinResult TwinOf(RaceCheckResult twin) => new()
    {
        Passed = twin.Passed,
        Exhausted = twin.IsExhausted,
        Bound = twin.Bound,
        Violation = twin.Violation is null ? null : $"{twin.Violation.Broken.ToShortText()}: {twin.Violation.Sentence}",
        Executions = twin.Executions,
        Steps = twin.Steps,
        Seconds = twin.Duration.TotalSeconds,
    };

    private RaceCheckOptions OptionsFor(CatalogueEntry entry) => new()
    {
        Watched = entry.Watched,
        Memory = entry.Memory,
        MaxTime = options.MaxTime,
        Shrink = options.Shrink,
    };
}
