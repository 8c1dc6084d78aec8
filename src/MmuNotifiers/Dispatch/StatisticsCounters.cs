using System.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>The counters behind <see cref="NotifierStatistics"/>. Each is exact; together they are not of one moment.</summary>
internal sealed class StatisticsCounters(bool measuresTime)
{
    private long _brackets;
    private long _callbacks;
    private long _pages;
    private long _refusals;
    private long _updates;
    private long _tlbFlushes;
    private long _agingCalls;
    private long _ticks;

    /// <summary>Whether the time spent is kept.</summary>
    internal bool MeasuresTime { get; } = measuresTime;

    /// <summary>The counts as they are now.</summary>
    internal NotifierStatistics Read() => new(
        Shared.Read(in _brackets, this),
        Shared.Read(in _callbacks, this),
        Shared.Read(in _pages, this),
        Shared.Read(in _refusals, this),
        Shared.Read(in _updates, this),
        Shared.Read(in _tlbFlushes, this),
        Shared.Read(in _agingCalls, this),
        Stopwatch.GetElapsedTime(0, Shared.Read(in _ticks, this)));

    internal void AddBracket(in InvalidationRange range, int callbacks, bool accepted)
    {
        Shared.Add(ref _brackets, 1, this);
        if (callbacks > 0)
        {
            Shared.Add(ref _callbacks, callbacks, this);
            Shared.Add(ref _pages, range.Event == InvalidationEvent.Release ? 0 : callbacks * (long)range.Range.Pages, this);
        }

        if (!accepted)
        {
            Shared.Add(ref _refusals, 1, this);
        }
    }

    internal void AddUpdates(int calls) => Shared.Add(ref _updates, calls, this);

    internal void AddTlbFlushes(int calls) => Shared.Add(ref _tlbFlushes, calls, this);

    internal void AddAgingCalls(int calls) => Shared.Add(ref _agingCalls, calls, this);

    /// <summary>Adds to the time spent, if it is measured.</summary>
    internal void AddTime(long ticks)
    {
        if (MeasuresTime)
        {
            Shared.Add(ref _ticks, ticks, this);
        }
    }
}
