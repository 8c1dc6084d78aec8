using System.Collections.Immutable;
using System.Diagnostics;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>
/// Replays recordings once for each attachment and each secondary MMU, over the same address spaces and with the same device
/// traffic, and puts what each cost and missed side by side.
/// </summary>
public static class TraceComparison
{
    private const double HighestRate = 1000;
    private const int MostRounds = 99;

    /// <summary>The attachments that can be compared, in the order of a report's rows.</summary>
    public static ImmutableArray<AttachmentKind> Attachments { get; } = [.. AttachmentPlans.All.Select(plan => plan.Kind)];

    /// <summary>The secondary MMUs that can be compared, in the order of a report's rows.</summary>
    public static ImmutableArray<SecondaryKind> Secondaries => SecondaryNames.All;

    /// <summary>What an attachment is called in reports, one word.</summary>
    public static string NameOf(AttachmentKind attachment) => AttachmentPlans.Of(attachment).Name;

    /// <summary>What a secondary MMU is called in reports.</summary>
    public static string NameOf(SecondaryKind secondary) => SecondaryNames.Of(secondary);

    /// <summary>Compares.</summary>
    /// <param name="traces">The recordings; their names differ.</param>
    /// <param name="options">What to compare, and how; null for everything.</param>
    /// <param name="progress">Told every few thousand events of all replays; null for nobody.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <exception cref="ArgumentException">No recording, two of one name, or an option out of its range.</exception>
    /// <exception cref="OperationCanceledException">The comparison was ended.</exception>
    public static ComparisonReport Run(
        IReadOnlyList<ComparedTrace> traces,
        ComparisonOptions? options = null,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(traces);
        options ??= new ComparisonOptions();
        ThrowIfWrong(traces, options);
        long startedAt = Stopwatch.GetTimestamp();
        ImmutableArray<AttachmentPlan> plans = [.. AttachmentPlans.All.Where(plan => IsChosen(options.Attachments, plan.Kind))];
        ImmutableArray<SecondaryKind> kinds = [.. SecondaryNames.All.Where(kind => IsChosen(options.Secondaries, kind))];
        ComparisonPair[] all = [.. plans.SelectMany(plan => kinds.Select(kind => new ComparisonPair(plan, kind)))];
        ImmutableArray<ComparisonPair> pairs = [.. all.Where(pair => pair.Attachment.WhyNotFor(pair.Secondary) is null)];
        ComparisonProgress total = new(progress, traces, pairs.Length, options.Rounds);
        if (options.Rounds > 1)
        {
            TraceComparer.WarmUp(traces[0].Script, pairs, options, cancellation);
        }

        TraceComparer[] compared = [.. traces.Select(trace => new TraceComparer(trace, pairs, options))];
        foreach (TraceComparer comparer in compared)
        {
            comparer.Run(total, cancellation);
        }

        ImmutableArray<ComparisonRow> rows = [.. compared.SelectMany(comparer => comparer.Rows)];
        ImmutableArray<ComparedTraceReport> reports = [.. compared.Select(comparer => comparer.Report)];
        return new ComparisonReport
        {
            Settings = new ComparisonSettings(
                [.. plans.Select(plan => plan.Name)], [.. kinds.Select(SecondaryNames.Of)], options.DeviceRate, options.Seed, options.Rounds),
            Verdict = Judge(rows, reports),
            Attachments =
                [.. plans.Select(plan => new AttachmentDescription(plan.Name, plan.Description, plan.IsHistorical, plan.SafeForm))],
            Traces = reports,
            Rows = rows,
            Summary = ComparisonSummary.Of(rows),
            LeftOut = [.. all.Where(pair => pair.Attachment.WhyNotFor(pair.Secondary) is not null).Select(Explain)],
            ElapsedMilliseconds = Math.Round(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, 1),
        };
    }

    private static bool IsChosen<T>(ImmutableArray<T> chosen, T item) => chosen.IsEmpty || chosen.Contains(item);

    private static LeftOutPair Explain(ComparisonPair pair) =>
        new(pair.Attachment.Name, SecondaryNames.Of(pair.Secondary), pair.Attachment.WhyNotFor(pair.Secondary)!);

    private static ReplayVerdict Judge(ImmutableArray<ComparisonRow> rows, ImmutableArray<ComparedTraceReport> traces) =>
        rows.Any(row => !row.Historical && row.StaleAccesses + row.FreedBeforeTold + row.OtherViolations > 0) ? ReplayVerdict.Violation
        : traces.Any(trace => !trace.Doubts.IsEmpty) ? ReplayVerdict.Inconclusive
        : ReplayVerdict.Fine;

    private static void ThrowIfWrong(IReadOnlyList<ComparedTrace> traces, ComparisonOptions options)
    {
        if (traces.Count == 0)
        {
            throw new ArgumentException("There is no recording to compare over.", nameof(traces));
        }

        if (traces.GroupBy(trace => trace.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two recordings are called {twice.Key}.", nameof(traces));
        }

        if (!(options.DeviceRate is >= 0 and <= HighestRate))
        {
            throw new ArgumentException($"The device rate is a number from 0 to {HighestRate}, not {options.DeviceRate}.", nameof(options));
        }

        if (options.Rounds is < 1 or > MostRounds)
        {
            throw new ArgumentException($"There are 1 to {MostRounds} rounds, not {options.Rounds}.", nameof(options));
        }
    }
}
