using MmuNotifiers.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Coming and going of subscribers.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>Held while a snapshot is replaced; no callback and no wait under it.</summary>
    private readonly SharedLock _registration = new();

    /// <summary>Whether the address space was released. Guarded by <see cref="_registration"/>.</summary>
    private bool _isReleased;

    /// <summary>
    /// Subscribes to the whole address space; see <see cref="IPrimaryMmu.Register(IMmuNotifier)"/>. Waits until every bracket that
    /// began without the new subscriber has ended; its callbacks may be called before this returns.
    /// </summary>
    /// <exception cref="ArgumentException">The notifier is also an <see cref="ISecondaryTlb"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback, or the address space was released.</exception>
    public NotifierSubscription Add(IMmuNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        ThrowIfBothFamilies(notifier, nameof(notifier));
        _grace.ThrowIfInside(nameof(Add));
        NotifierSubscription subscription = new(this, notifier, isByRange: false);
        using (_registration.EnterScope())
        {
            PublishLocked(SnapshotForAddLocked().With(subscription));
        }

        _grace.Synchronize();
        return subscription;
    }

    /// <summary>
    /// Subscribes to an interval; see <see cref="IPrimaryMmu.Register(IIntervalNotifier, AddressRange)"/>. Does not wait: the first
    /// <see cref="IntervalSubscription.ReadBegin"/> does, for the brackets that are open over the interval. Allowed inside a bracket.
    /// </summary>
    /// <exception cref="ArgumentException">The range is empty or not page aligned.</exception>
    /// <exception cref="InvalidOperationException">The address space was released.</exception>
    public IntervalSubscription Add(IIntervalNotifier notifier, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        if (range.IsEmpty || !IsAligned(range))
        {
            throw new ArgumentException($"An interval must be page aligned and not empty: {range}.", nameof(range));
        }

        IntervalSubscription subscription = new(this, notifier, range);
        using (_registration.EnterScope())
        {
            PublishLocked(SnapshotForAddLocked().With(subscription));
            subscription.IsListed = true;
        }

        return subscription;
    }

    /// <summary>
    /// Subscribes a cache over the primary's own page table. Waits until every bracket that began without it has ended, so that on
    /// return it is told of every page that is freed.
    /// </summary>
    /// <exception cref="ArgumentException">The cache is also an <see cref="IMmuNotifier"/>.</exception>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback, or the address space was released.</exception>
    public TlbSubscription Add(ISecondaryTlb tlb)
    {
        ArgumentNullException.ThrowIfNull(tlb);
        ThrowIfBothFamilies(tlb, nameof(tlb));
        _grace.ThrowIfInside(nameof(Add));
        TlbSubscription subscription = new(this, tlb);
        using (_registration.EnterScope())
        {
            PublishLocked(SnapshotForAddLocked().With(subscription));
        }

        _grace.Synchronize();
        return subscription;
    }

    internal void Remove(NotifierSubscription subscription)
    {
        _grace.ThrowIfInside("Ending a subscription");
        using (_registration.EnterScope())
        {
            if (_snapshot is not null && Array.IndexOf(_snapshot.Notifiers, subscription) >= 0)
            {
                PublishLocked(_snapshot.Without(subscription));
                ForgetRangesLocked(subscription);
            }
        }

        _grace.Synchronize();
    }

    internal void Remove(TlbSubscription subscription)
    {
        _grace.ThrowIfInside("Ending a subscription");
        using (_registration.EnterScope())
        {
            if (_snapshot is not null && Array.IndexOf(_snapshot.Tlbs, subscription) >= 0)
            {
                PublishLocked(_snapshot.Without(subscription));
            }
        }

        _grace.Synchronize();
    }

    internal void Remove(IntervalSubscription subscription)
    {
        _grace.ThrowIfInside("Ending a subscription");
        using (_registration.EnterScope())
        {
            if (subscription.IsListed)
            {
                PublishLocked(_snapshot!.Without(subscription));
                subscription.IsListed = false;
            }
        }

        _grace.Synchronize(subscription.Range);
    }

    /// <summary>Waits until every bracket that is open over the range has ended.</summary>
    internal void WaitForBrackets(AddressRange range) => _grace.Synchronize(range);

    /// <summary>Whether the calling thread has a bracket of this address space open, or runs a callback of it.</summary>
    internal bool IsInside => _grace.IsInside;

    /// <summary>Refuses to wait for a bracket over the range that the calling thread itself has open.</summary>
    internal void ThrowIfInside(AddressRange range) => _grace.ThrowIfInside(range);

    private static bool IsAligned(AddressRange range) => range.IsPageAligned || range == AddressRange.All;

    private static void ThrowIfBothFamilies(object subscriber, string parameter)
    {
        if (subscriber is IMmuNotifier and ISecondaryTlb)
        {
            throw new ArgumentException(
                $"{subscriber.GetType()} is both an {nameof(IMmuNotifier)} and an {nameof(ISecondaryTlb)}: it has a copy of the table or shares it, not both.",
                parameter);
        }
    }

    private SubscriptionSnapshot SnapshotForAddLocked() => _isReleased
        ? throw new InvalidOperationException("The address space was released: nobody can subscribe to it any more.")
        : _snapshot ?? SubscriptionSnapshot.Empty;

    private static void ForgetRangesLocked(NotifierSubscription subscription)
    {
        subscription.Ranges?.Clear();
        Shared.Write(ref subscription.RangeVersion, subscription.RangeVersion + 1, subscription);
    }

    private void PublishLocked(SubscriptionSnapshot snapshot)
    {
        // Pairs with the load in Invalidate: who sees the snapshot sees what is in it.
        Shared.Write(ref _snapshot, snapshot.IsEmpty && _statistics is null ? null : snapshot, this);
        if (NotifierEventSource.Log.IsEnabled())
        {
            NotifierEventSource.Log.Subscribers(snapshot.Notifiers.Length, snapshot.Intervals.Count, snapshot.Tlbs.Length);
        }
    }
}
