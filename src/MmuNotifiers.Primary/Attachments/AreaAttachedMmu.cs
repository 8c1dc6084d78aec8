using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Attached to areas (vmas): a fault of the secondary attaches it to the area of each page, before the page is looked up. It hears of
/// changes of these areas only, clipped to them.
/// </summary>
/// <remarks>
/// A page must not be handed out under an area that lost its attachment meanwhile:
/// <code>
///   device                                     primary
///   v = version; the range of A covers the page
///                                              munmap A: bracket, told; A's range leaves, version + 1
///                                              mmap B at the same addresses, a page is faulted in
///   looks the page up: B's page
///   version is not v: start over               attaches to B, and waits for open brackets over B
/// </code>
/// </remarks>
internal sealed class AreaAttachedMmu(AddressSpace space, Attachment attachment) : AttachedMmu(space, attachment)
{
    private AreaFollower? _follower;
    private long _lookUps;
    private long _lookUpsBefore;

    /// <inheritdoc/>
    public override AttachmentStatistics Statistics
    {
        get
        {
            AttachmentStatistics all = base.Statistics;
            if (Subscription is not { } subscription || _follower is not { } follower)
            {
                return all;
            }

            UpkeepCounts counts = follower.Counts;
            return all with
            {
                AreaLookUps = Shared.Read(in _lookUps, this) + Space.AreaLookUps - _lookUpsBefore,
                Inserts = counts.Inserts,
                Splits = counts.Splits,
                Merges = counts.Merges,
                Moves = counts.Moves,
                Removals = counts.Removals,
                Entries = all.Entries + follower.Areas,
                SubscriptionBytes = all.SubscriptionBytes + Space.Subscriptions.MeasureRangeBytes(subscription),
            };
        }
    }

    /// <inheritdoc/>
    public override RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        if (Subscription is not { } subscription)
        {
            return base.FaultRange(range, access, translations);
        }

        while (true)
        {
            long version = Shared.Read(in subscription.RangeVersion, subscription);
            AttachTo(subscription, range);
            RangeFaultResult result = base.FaultRange(range, access, translations);
            if (Shared.Read(in subscription.RangeVersion, subscription) == version || result.Pages == 0)
            {
                return result;
            }
        }
    }

    /// <inheritdoc/>
    private protected override NotifierSubscription Subscribe(IMmuNotifier notifier)
    {
        NotifierSubscription subscription = Space.Subscriptions.AddByRange(notifier);
        _lookUpsBefore = Space.AreaLookUps;
        _follower = new AreaFollower(Space, subscription);
        Space.AddFollower(_follower);
        return subscription;
    }

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        if (_follower is not null)
        {
            Space.RemoveFollower(_follower);
        }

        base.Dispose(disposing);
    }

    private void AttachTo(NotifierSubscription subscription, AddressRange range)
    {
        for (VirtualAddress page = range.Start; page < range.End;)
        {
            Shared.Add(ref _lookUps, 1, this);
            AttachedRange? attached = Space.Subscriptions.FindRange(subscription, page) ?? Space.AttachAreaOf(_follower!, page);
            attached?.Settle();
            page = attached is null ? page + Page.SizeBytes : attached.Range.End;
        }
    }
}
