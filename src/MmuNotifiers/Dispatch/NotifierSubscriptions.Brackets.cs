using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using MmuNotifiers.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>The two ends of a bracket.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>Whether somebody listens to what brackets do, beside the subscribers.</summary>
    private bool IsObserved => _statistics is not null | NotifierDiagnostics.IsOn;

    /// <summary>
    /// The end of a bracket that keeps a frame: the list is told, then the intervals are closed. Every subscriber is told, whatever
    /// another throws.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void End(GraceSlot slot, BracketFrame frame)
    {
        if (slot.InnermostFrame(frame.Owner) != frame)
        {
            ThrowNotInnermost(in frame.Range);
        }

        if (Checks.AreOn)
        {
            frame.Owner._ledger!.Close(in frame.Range);
        }

        long begin = frame.IsObserved ? frame.Owner.BeginTime() : 0;
        SubscriptionSnapshot? snapshot = frame.Snapshot;
        Exception? thrown = null;
        if (snapshot is not null)
        {
            thrown = TellEnd(in frame.Range, snapshot.Callbacks);
            thrown = CloseIntervals(in frame.Range, snapshot, frame.Intervals, frame.Intervals) ?? thrown;
        }

        if (frame.IsObserved)
        {
            frame.Owner.ObserveEnd(in frame.Range, begin);
        }

        frame.Close();
        slot.Exit();
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>The start of a bracket whose mark is set; the mark is taken back unless the bracket opens.</summary>
    /// <returns>What the bracket owes at its end, or <see cref="OpenBracket.Refused"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private OpenBracket Start(scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, GraceSlot slot)
    {
        IntervalOpener opener = new(in range);
        int told = 0;
        object? refuser = null;
        bool isObserved = IsObserved;
        long begin = isObserved ? BeginTime() : 0;
        try
        {
            CheckStart(in range);
            if (snapshot is not null)
            {
                refuser = TellStart(in range, snapshot, ref opener, ref told);
            }
        }
        catch
        {
            RollBack(in range, snapshot, slot, in opener, told);
            throw;
        }

        if (isObserved)
        {
            ObserveStart(in range, opener.Count + told + (refuser is IMmuNotifier && opener.Accepted == opener.Count ? 1 : 0), refuser is null, begin);
        }

        if (refuser is not null)
        {
            RollBack(in range, snapshot, slot, in opener, told);
            ThrowIfBlockable(in range, refuser);
            return OpenBracket.Refused;
        }

        return opener.Count > 1 || told != 0 || isObserved || Checks.AreOn || opener.Last is { Attached: not null }
            ? Keep(in range, snapshot, slot, opener.Count, isObserved)
            : new OpenBracket(opener.Last, null);
    }

    /// <summary>Tells intervals, then the list, until one refuses.</summary>
    /// <param name="range">The bracket.</param>
    /// <param name="snapshot">Whom to tell.</param>
    /// <param name="opener">Counts the intervals that were opened.</param>
    /// <param name="told">How many of the list have accepted.</param>
    /// <returns>Who refused, or null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static object? TellStart(
        scoped in InvalidationRange range, SubscriptionSnapshot snapshot, ref IntervalOpener opener, ref int told)
    {
        if (snapshot.Intervals.Count != 0 && !snapshot.Intervals.Walk(range.Range, ref opener))
        {
            return opener.Last!.Attached?.Owner.Notifier ?? (object)opener.Last.Notifier;
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
            using (AtomicContext.Enter(notifier, nameof(IMmuNotifier.InvalidateRangeStart)))
            {
                return notifier.InvalidateRangeStart(in range);
            }
        }

        return notifier.InvalidateRangeStart(in range);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OpenBracket Keep(scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, GraceSlot slot, int intervals, bool isObserved)
    {
        if (Checks.AreOn)
        {
            _ledger!.Open(in range);
        }

        BracketFrame frame = slot.InnermostFrame(this);
        frame.Open(snapshot, in range, intervals, isObserved);
        return new OpenBracket(null, frame);
    }

    /// <summary>Calls the end of all of them.</summary>
    /// <returns>What the first of them that threw has thrown.</returns>
    private static Exception? TellEnd(scoped in InvalidationRange range, ReadOnlySpan<IMmuNotifier> callbacks)
    {
        Exception? first = null;
        foreach (IMmuNotifier callback in callbacks)
        {
            try
            {
                using AtomicContext.Scope atomic = AtomicContext.EnterIfAtomic(callback, nameof(IMmuNotifier.InvalidateRangeEnd));
                callback.InvalidateRangeEnd(in range);
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

    /// <summary>Closes the intervals that a start has opened; those of attached ranges are told.</summary>
    /// <returns>What the first of them that threw has thrown.</returns>
    private static Exception? CloseIntervals(scoped in InvalidationRange range, SubscriptionSnapshot snapshot, int count, int accepted)
    {
        if (count == 0)
        {
            return null;
        }

        IntervalCloser closer = new(in range, count, accepted);
        snapshot.Intervals.Walk(range.Range, ref closer);
        return closer.Thrown;
    }

    /// <summary>
    /// Takes back a start that did not succeed: those of the list that had accepted get their end, every interval that was opened
    /// is closed. What an end throws is dropped: the operation does not happen, and the caller learns that already.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RollBack(
        scoped in InvalidationRange range, SubscriptionSnapshot? snapshot, GraceSlot slot, scoped in IntervalOpener opener, int told)
    {
        if (snapshot is not null)
        {
            TellEnd(in range, snapshot.Callbacks.AsSpan(0, told));
            CloseIntervals(in range, snapshot, opener.Count, opener.Accepted);
        }

        slot.Exit();
    }

    private static void ThrowNotInnermost(scoped in InvalidationRange range) =>
        throw new InvalidOperationException($"The bracket {range} ends while one that this thread opened later is still open.");

    private static void ThrowIfBlockable(scoped in InvalidationRange range, object refuser)
    {
        if (range.IsBlockable)
        {
            throw new InvalidOperationException($"{refuser.GetType()} refused {range}, which is blockable: it must not.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckStart(scoped in InvalidationRange range)
    {
        if (Checks.AreOn)
        {
            if (range.IsBlockable)
            {
                AtomicContext.ThrowIfAtomic(nameof(Invalidate));
            }

            if (!IsAligned(range.Range))
            {
                ThrowNotAligned(range.Range);
            }
        }
    }

    private static void ThrowNotAligned(AddressRange range) =>
        throw new ArgumentException($"A bracket must be page aligned: {range}.", nameof(range));

    private long BeginTime() => _statistics is { MeasuresTime: true } || NotifierDiagnostics.IsOn ? Stopwatch.GetTimestamp() : 0;

    private static long Ticks(long begin) => begin == 0 ? 0 : Stopwatch.GetTimestamp() - begin;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ObserveStart(scoped in InvalidationRange range, int callbacks, bool accepted, long begin)
    {
        long ticks = Ticks(begin);
        if (_statistics is not null)
        {
            _statistics.AddBracket(in range, callbacks, accepted);
            _statistics.AddTime(ticks);
        }

        if (NotifierDiagnostics.IsOn)
        {
            NotifierDiagnostics.BracketStarted(in range, callbacks, accepted, ticks);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ObserveEnd(scoped in InvalidationRange range, long begin)
    {
        long ticks = Ticks(begin);
        _statistics?.AddTime(ticks);
        if (NotifierDiagnostics.IsOn)
        {
            NotifierDiagnostics.BracketEnded(in range, ticks);
        }
    }
}
