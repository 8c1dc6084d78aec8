using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using MmuNotifiers.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>The two ends of a bracket.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>Whether somebody listens to what brackets do, beyond the subscribers.</summary>
    private bool IsObserved
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _statistics is not null || NotifierMeter.IsOn || NotifierEventSource.Log.IsEnabled();
    }

    private bool MeasuresTime => _statistics is { MeasuresTime: true } || NotifierMeter.MeasuresTime;

    /// <summary>The end of a bracket: the list is told, then the intervals are closed. Every subscriber is told, whatever another throws.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void End(scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, in IntervalHits hits, GraceSlot slot)
    {
        if (Checks.AreOn)
        {
            _ledger!.Close(range.Range);
        }

        if (snapshot is not null)
        {
            bool isObserved = IsObserved;
            long begin = isObserved && MeasuresTime ? Stopwatch.GetTimestamp() : 0;
            Exception? thrown = snapshot.Callbacks.Length == 0 ? null : TellEnd(in range, snapshot.Callbacks, snapshot.Callbacks.Length);
            hits.Close(snapshot.Intervals, range.Range);
            slot.Exit();
            if (isObserved)
            {
                ObserveEnd(in range, begin);
            }

            if (thrown is not null)
            {
                ExceptionDispatchInfo.Throw(thrown);
            }
        }
        else
        {
            slot.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private InvalidationScope StartBlocking(scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, GraceSlot slot)
    {
        if (!range.IsBlockable)
        {
            slot.Exit();
            throw new ArgumentException($"{range} may be refused: open it with {nameof(TryInvalidate)}.", nameof(range));
        }

        Start(in range, snapshot, slot, out InvalidationScope scope);
        return scope;
    }

    /// <summary>The start of a bracket whose mark is set; takes the mark back unless it returns true.</summary>
    private bool Start(scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, GraceSlot slot, out InvalidationScope scope)
    {
        IntervalHits hits = default;
        int told = 0;
        object? refuser = null;
        bool isObserved = snapshot is not null && IsObserved;
        long begin = isObserved && MeasuresTime ? Stopwatch.GetTimestamp() : 0;
        try
        {
            CheckStart(in range);
            if (snapshot is not null)
            {
                refuser = TellStart(in range, snapshot, ref hits, ref told);
            }
        }
        catch
        {
            RollBack(in range, snapshot, in hits, told, slot);
            throw;
        }

        if (isObserved)
        {
            ObserveStart(in range, hits.Count + told + (refuser is IMmuNotifier ? 1 : 0), refuser, begin);
        }

        if (refuser is not null)
        {
            Exception? thrown = RollBack(in range, snapshot, in hits, told, slot);
            ThrowIfNotAllowed(in range, refuser, thrown);
            scope = default;
            return false;
        }

        if (Checks.AreOn)
        {
            _ledger!.Open(range.Range);
        }

        scope = new InvalidationScope(this, snapshot, slot, hits, in range);
        return true;
    }

    /// <summary>Tells intervals, then the list, until one refuses.</summary>
    /// <param name="range">The bracket.</param>
    /// <param name="snapshot">Whom to tell.</param>
    /// <param name="hits">Which intervals were opened, him who refused or threw included.</param>
    /// <param name="told">How many of the list have accepted.</param>
    /// <returns>Who refused, or null.</returns>
    private static object? TellStart(scoped in InvalidationRange range, SubscriptionSnapshot snapshot, ref IntervalHits hits, ref int told)
    {
        IntervalOpener opener = new(in range, ref hits);
        if (snapshot.Intervals.Count != 0 && !snapshot.Intervals.Walk(range.Range, ref opener))
        {
            return opener.Refuser;
        }

        foreach (IMmuNotifier notifier in snapshot.Callbacks)
        {
            if (!TellStart(in range, notifier))
            {
                return notifier;
            }

            told++;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TellStart(scoped in InvalidationRange range, IMmuNotifier notifier)
    {
        if (Checks.AreOn && !range.IsBlockable)
        {
            using (AtomicContext.Enter(notifier))
            {
                return notifier.InvalidateRangeStart(in range);
            }
        }

        return notifier.InvalidateRangeStart(in range);
    }

    /// <summary>Calls the end of the first <paramref name="count"/>, all of them.</summary>
    /// <returns>What the first of them that threw has thrown.</returns>
    private static Exception? TellEnd(scoped in InvalidationRange range, IMmuNotifier[] callbacks, int count)
    {
        Exception? first = null;
        for (int i = 0; i < count; i++)
        {
            try
            {
                callbacks[i].InvalidateRangeEnd(in range);
            }
#pragma warning disable CA1031 // Whatever it is, the others are owed their end first.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                first ??= exception;
            }
        }

        return first;
    }

    private static Exception? RollBack(
        scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, in IntervalHits hits, int told, GraceSlot slot)
    {
        Exception? thrown = null;
        if (snapshot is not null)
        {
            thrown = TellEnd(in range, snapshot.Callbacks, told);
            hits.Close(snapshot.Intervals, range.Range);
        }

        slot.Exit();
        return thrown;
    }

    private static void ThrowIfNotAllowed(scoped in InvalidationRange range, object refuser, Exception? thrown)
    {
        if (range.IsBlockable)
        {
            throw new InvalidOperationException($"{refuser.GetType()} refused {range}, which is blockable: it must not.", thrown);
        }

        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private static void CheckStart(scoped in InvalidationRange range)
    {
        if (!Checks.AreOn)
        {
            return;
        }

        if (range.IsBlockable)
        {
            AtomicContext.ThrowIfAtomic(nameof(Invalidate));
        }

        if (!IsAligned(range.Range))
        {
            throw new ArgumentException($"A bracket must be page aligned: {range}.", nameof(range));
        }
    }

    private void ObserveStart(scoped in InvalidationRange range, int callbacks, object? refuser, long begin)
    {
        _statistics?.AddBracket(in range, callbacks, refuser is null);
        if (NotifierMeter.IsOn)
        {
            NotifierMeter.AddBracket(in range, callbacks, refuser is null);
        }

        if (NotifierEventSource.Log.IsEnabled())
        {
            NotifierEventSource.Log.BracketStart(
                (long)range.Range.Start.Value, (long)range.Range.End.Value, (int)range.Event, callbacks, refuser is null ? 1 : 0);
        }

        ObserveTime(begin);
    }

    private void ObserveEnd(scoped in InvalidationRange range, long begin)
    {
        if (NotifierEventSource.Log.IsEnabled())
        {
            NotifierEventSource.Log.BracketStop((long)range.Range.Start.Value, (long)range.Range.End.Value);
        }

        ObserveTime(begin);
    }

    private void ObserveTime(long begin)
    {
        if (begin == 0)
        {
            return;
        }

        long ticks = Stopwatch.GetTimestamp() - begin;
        if (_statistics is { MeasuresTime: true })
        {
            _statistics.AddTime(ticks);
        }

        NotifierMeter.AddTime(Stopwatch.GetElapsedTime(0, ticks));
    }
}
