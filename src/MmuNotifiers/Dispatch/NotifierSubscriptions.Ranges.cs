using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Subscriptions by ranges: what an attachment to areas, or to blocks of addresses, is made of.</summary>
/// <remarks>
/// The ranges are entries of the index of intervals, so a bracket that hits none of them costs what it costs beside intervals. They
/// are exchanged as a whole:
/// <code>
///   bracket                                     an area is split in two
///   s = snapshot with the whole range
///   start: told the part in the whole range
///                                               snapshot = without the whole, with both halves
///   end: of s, so told the same part
///   next bracket: told of each half
/// </code>
/// Nothing waits where the same addresses stay covered. Addresses that were not covered before need a wait before the first look-up
/// (<see cref="AttachedRange.Settle"/>), since an open bracket may not know of them: the race of a registration inside a bracket.
/// </remarks>
public sealed partial class NotifierSubscriptions
{
    /// <summary>
    /// Subscribes to no address yet: the subscriber is told of brackets over the ranges that <see cref="Exchange"/> attaches, each
    /// clipped to its range; and of the release.
    /// </summary>
    /// <exception cref="ArgumentException">The notifier is also an <see cref="ISecondaryTlb"/>.</exception>
    /// <exception cref="InvalidOperationException">The address space was released.</exception>
    internal NotifierSubscription AddByRange(IMmuNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        ThrowIfBothFamilies(notifier, nameof(notifier));
        NotifierSubscription subscription = new(this, notifier, isByRange: true);
        using (_registration.EnterScope())
        {
            PublishLocked(SnapshotForAddLocked().With(subscription));
        }

        return subscription;
    }

    /// <summary>
    /// Takes ranges away from a subscription and attaches others, at once. Does not wait: brackets that are open go on with what they
    /// told. Does nothing when the subscription has ended or the address space was released. Allowed inside a bracket.
    /// </summary>
    internal void Exchange(NotifierSubscription subscription, ReadOnlySpan<AttachedRange> gone, ReadOnlySpan<AttachedRange> come)
    {
        using SharedLock.Scope scope = _registration.EnterScope();
        if (_snapshot is null || Array.IndexOf(_snapshot.Notifiers, subscription) < 0)
        {
            return;
        }

        IntervalIndex intervals = _snapshot.Intervals;
        foreach (AttachedRange range in gone)
        {
            if (subscription.Ranges!.Remove(range))
            {
                intervals = intervals.Without(range.Entry);
            }
        }

        foreach (AttachedRange range in come)
        {
            subscription.Ranges!.Add(range);
            intervals = intervals.With(range.Entry);
        }

        PublishLocked(_snapshot with { Intervals = intervals });
        if (!gone.IsEmpty)
        {
            Shared.Write(ref subscription.RangeVersion, subscription.RangeVersion + 1, subscription);
        }
    }

    /// <summary>The range of a subscription that contains an address, or null. Without a lock: what brackets that start now find.</summary>
    internal AttachedRange? FindRange(NotifierSubscription subscription, VirtualAddress address)
    {
        if (Shared.Read(in _snapshot, this) is not { } snapshot)
        {
            return null;
        }

        RangeFinder finder = new(subscription);
        snapshot.Intervals.Walk(AddressRange.OfPage(address), ref finder);
        return finder.Found;
    }

    /// <summary>How many bytes the ranges of a subscription take, the index that finds them included.</summary>
    internal long MeasureRangeBytes(NotifierSubscription subscription)
    {
        using SharedLock.Scope scope = _registration.EnterScope();
        if (_snapshot is null || subscription.Ranges is not { } ranges)
        {
            return 0;
        }

        // The index is shared by whoever has intervals; a subscription counts for its part of them.
        long index = _snapshot.Intervals.MeasureBytes();
        return (ranges.Count * SubscriptionSizes.AttachedRangeBytes)
            + (_snapshot.Intervals.Count == 0 ? 0 : index * ranges.Count / _snapshot.Intervals.Count);
    }
}
