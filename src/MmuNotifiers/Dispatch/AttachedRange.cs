using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>
/// One range of a subscription that hears of its ranges only: of each bracket that overlaps it the subscriber is told the part that
/// lies inside, with the range's area. Entered in the index of intervals, so that a bracket finds it as it finds any interval.
/// </summary>
internal sealed class AttachedRange : IIntervalNotifier
{
    /// <summary>Whether every bracket that is open over the range knows of it.</summary>
    private bool _isSettled;

    private IMappedArea? _area;

    /// <summary>Makes a range that is not attached yet.</summary>
    /// <param name="owner">Who is told; by ranges.</param>
    /// <param name="range">The addresses, page aligned.</param>
    /// <param name="area">The area that they belong to, or null.</param>
    /// <param name="isSettled">Whether other ranges of the subscription covered these addresses until this one takes over.</param>
    internal AttachedRange(NotifierSubscription owner, AddressRange range, IMappedArea? area, bool isSettled)
    {
        Owner = owner;
        _area = area;
        _isSettled = isSettled;
        Entry = new IntervalSubscription(owner.Subscriptions, this, range);
    }

    /// <summary>Who is told.</summary>
    internal NotifierSubscription Owner { get; }

    /// <summary>What it is to be told of.</summary>
    internal AddressRange Range => Entry.Range;

    /// <summary>The area that the range is, or null. Replaced where the area changes and keeps its addresses.</summary>
    internal IMappedArea? Area
    {
        get => Shared.Read(in _area, this);
        set => Shared.Write(ref _area, value, this);
    }

    /// <summary>What stands for the range in the index.</summary>
    internal IntervalSubscription Entry { get; }

    /// <inheritdoc cref="_isSettled"/>
    internal bool IsSettled => Shared.Read(in _isSettled, this);

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.Event == InvalidationEvent.Release)
        {
            // The subscription itself is released.
            return true;
        }

        InvalidationRange part = range.PartIn(Range, Area);
        return Owner.Notifier.InvalidateRangeStart(in part);
    }

    /// <summary>The bracket ends whose start was accepted.</summary>
    internal void End(in InvalidationRange range)
    {
        if (range.Event != InvalidationEvent.Release)
        {
            InvalidationRange part = range.PartIn(Range, Area);
            using AtomicContext.Scope atomic = AtomicContext.EnterIfAtomic(Owner.Notifier, nameof(IMmuNotifier.InvalidateRangeEnd));
            Owner.Notifier.InvalidateRangeEnd(in part);
        }
    }

    /// <summary>Waits for the brackets that were open when the range was attached. Before the first look-up; under no lock.</summary>
    internal void Settle()
    {
        if (!IsSettled)
        {
            Owner.Subscriptions.WaitForBrackets(Range);
            Shared.Write(ref _isSettled, true, this);
        }
    }
}
