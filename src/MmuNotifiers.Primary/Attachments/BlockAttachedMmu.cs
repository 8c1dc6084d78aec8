using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Attached to aligned blocks of addresses: a fault of the secondary attaches it to the block of each page, before the page is looked up. Areas
/// may come and go within a block; it stays until the subscription ends.
/// </summary>
internal sealed class BlockAttachedMmu(AddressSpace space, Attachment attachment) : AttachedMmu(space, attachment)
{
    /// <summary>The size of a block: what one leaf table translates, 2 MiB.</summary>
    private const ulong BlockBytes = 2 << 20;

    private readonly SharedLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private long _inserts;

    /// <inheritdoc/>
    public override AttachmentStatistics Statistics
    {
        get
        {
            AttachmentStatistics all = base.Statistics;
            long inserts = Shared.Read(in _inserts, this);
            return Subscription is not { } subscription ? all : all with
            {
                Inserts = inserts,
                Entries = all.Entries + inserts,
                SubscriptionBytes = all.SubscriptionBytes + Space.Subscriptions.MeasureRangeBytes(subscription),
            };
        }
    }

    /// <inheritdoc/>
    public override RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        if (Subscription is { } subscription)
        {
            for (VirtualAddress page = range.Start; page < range.End;)
            {
                AttachedRange block = Space.Subscriptions.FindRange(subscription, page) ?? Attach(subscription, page);
                block.Settle();
                page = block.Range.End;
            }
        }

        return base.FaultRange(range, access, translations);
    }

    /// <inheritdoc/>
    private protected override NotifierSubscription Subscribe(IMmuNotifier notifier) => Space.Subscriptions.AddByRange(notifier);

    private AttachedRange Attach(NotifierSubscription subscription, VirtualAddress page)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        if (Space.Subscriptions.FindRange(subscription, page) is { } attached)
        {
            return attached;
        }

        VirtualAddress start = new(page.Value & ~(BlockBytes - 1));
        AttachedRange block = new(subscription, AddressRange.FromLength(start, BlockBytes), area: null, isSettled: false);
        Space.Subscriptions.Exchange(subscription, [], [block]);
        Shared.Write(ref _inserts, _inserts + 1, this);
        return block;
    }
}
