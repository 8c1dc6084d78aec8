using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>Makes one progress of the progress of many replays.</summary>
internal sealed class ComparisonProgress : IProgress<ReplayProgress>
{
    private readonly IProgress<ReplayProgress>? _whole;
    private readonly long _total;

    /// <summary>Events of the replays that are over.</summary>
    private long _done;

    public ComparisonProgress(IProgress<ReplayProgress>? whole, IReadOnlyList<ComparedTrace> traces, int pairs, int rounds)
    {
        _whole = whole;
        _total = traces.Sum(trace => (long)trace.Script.Events.Count) * TraceComparer.CountReplays(pairs, rounds);
    }

    /// <inheritdoc/>
    public void Report(ReplayProgress value)
    {
        _whole?.Report(new ReplayProgress(_done + value.Done, _total, value.Processes));
        if (value.Done == value.Total)
        {
            _done += value.Total;
        }
    }
}
