using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>What is dispatched beside brackets: flushes and updates; for ageing see the other part. Each call is a read-side section, so that removal waits for it.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>
    /// Flushes the caches over the primary's table, where the CPU's own is flushed: before a page can be freed, and before an entry
    /// that pointed to another page is set. Called under the page-table lock; does not block.
    /// </summary>
    public void FlushSecondaryTlbs(AddressRange range)
    {
        if (Shared.Read(in _snapshot, this) is not { Tlbs.Length: > 0 })
        {
            return;
        }

        using GraceSection section = _grace.Enter();
        TlbSubscription[] tlbs = Shared.Read(in _snapshot, this)?.Tlbs ?? [];
        foreach (TlbSubscription subscription in tlbs)
        {
            using (AtomicContext.Enter(subscription.Tlb, nameof(ISecondaryTlb.Invalidate)))
            {
                subscription.Tlb.Invalidate(range);
            }
        }

        _statistics?.AddTlbFlushes(tlbs.Length);
    }

    /// <summary>Tells prefetching subscribers that translations were loaded; see <see cref="IUpdateNotifier.UpdateRange"/>.</summary>
    public void UpdateRange(AddressRange range, AccessRights rights)
    {
        if (!HasUpdates)
        {
            return;
        }

        using GraceSection section = _grace.Enter();
        foreach (IUpdateNotifier update in UpdatesForCall())
        {
            update.UpdateRange(range, rights);
        }

        UpdateByRange(range, rights, isProtection: false);
    }

    /// <summary>Tells prefetching subscribers of a change of protection; see <see cref="IUpdateNotifier.ChangeProtection"/>.</summary>
    public void ChangeProtection(AddressRange range, AccessRights rights)
    {
        if (!HasUpdates)
        {
            return;
        }

        using GraceSection section = _grace.Enter();
        foreach (IUpdateNotifier update in UpdatesForCall())
        {
            update.ChangeProtection(range, rights);
        }

        UpdateByRange(range, rights, isProtection: true);
    }

    private bool HasUpdates => Shared.Read(in _snapshot, this) is { } snapshot && snapshot.Updates.Length + snapshot.UpdatesByRange.Length > 0;

    private IUpdateNotifier[] UpdatesForCall()
    {
        IUpdateNotifier[] updates = Shared.Read(in _snapshot, this)?.Updates ?? [];
        _statistics?.AddUpdates(updates.Length);
        return updates;
    }

    private void UpdateByRange(AddressRange range, AccessRights rights, bool isProtection)
    {
        SubscriptionSnapshot? snapshot = Shared.Read(in _snapshot, this);
        foreach (NotifierSubscription subscription in snapshot?.UpdatesByRange ?? [])
        {
            RangeUpdater updater = new(subscription, range, rights, isProtection);
            snapshot!.Intervals.Walk(range, ref updater);
            _statistics?.AddUpdates(updater.Told);
        }
    }
}
