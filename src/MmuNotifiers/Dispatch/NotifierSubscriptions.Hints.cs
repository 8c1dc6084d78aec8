using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>What is dispatched beside brackets: flushes, ageing, updates. Each call is a read-side section, so that removal waits for it.</summary>
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

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearFlushYoung"/>.</summary>
    /// <returns>Whether any of them says yes.</returns>
    public bool ClearFlushYoung(AddressRange range)
    {
        if (!HasAging)
        {
            return false;
        }

        using GraceSection section = _grace.Enter();
        bool young = false;
        foreach (IAgingNotifier aging in AgingForCall())
        {
            young |= aging.ClearFlushYoung(range);
        }

        foreach (IAgingNotifier aging in AgingByRange(range))
        {
            young |= aging.ClearFlushYoung(range);
        }

        return young;
    }

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearYoung"/>.</summary>
    /// <returns>Whether any of them says yes.</returns>
    public bool ClearYoung(AddressRange range)
    {
        if (!HasAging)
        {
            return false;
        }

        using GraceSection section = _grace.Enter();
        bool young = false;
        foreach (IAgingNotifier aging in AgingForCall())
        {
            young |= aging.ClearYoung(range);
        }

        foreach (IAgingNotifier aging in AgingByRange(range))
        {
            young |= aging.ClearYoung(range);
        }

        return young;
    }

    /// <summary>Asks ageing subscribers until one says yes; see <see cref="IAgingNotifier.TestYoung"/>.</summary>
    /// <returns>Whether one says yes.</returns>
    public bool TestYoung(VirtualAddress address)
    {
        if (!HasAging)
        {
            return false;
        }

        using GraceSection section = _grace.Enter();
        foreach (IAgingNotifier aging in AgingForCall())
        {
            if (aging.TestYoung(address))
            {
                return true;
            }
        }

        foreach (IAgingNotifier aging in AgingByRange(AddressRange.OfPage(address)))
        {
            if (aging.TestYoung(address))
            {
                return true;
            }
        }

        return false;
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

    private bool HasAging => Shared.Read(in _snapshot, this) is { } snapshot && snapshot.Aging.Length + snapshot.AgingByRange.Length > 0;

    private bool HasUpdates => Shared.Read(in _snapshot, this) is { } snapshot && snapshot.Updates.Length + snapshot.UpdatesByRange.Length > 0;

    private IAgingNotifier[] AgingForCall()
    {
        IAgingNotifier[] aging = Shared.Read(in _snapshot, this)?.Aging ?? [];
        _statistics?.AddAgingCalls(aging.Length);
        return aging;
    }

    private IUpdateNotifier[] UpdatesForCall()
    {
        IUpdateNotifier[] updates = Shared.Read(in _snapshot, this)?.Updates ?? [];
        _statistics?.AddUpdates(updates.Length);
        return updates;
    }

    /// <summary>Those who hear of ranges only and have one that overlaps. None of them is asked about pages that it never translates.</summary>
    private IAgingNotifier[] AgingByRange(AddressRange range) =>
        Shared.Read(in _snapshot, this) is { AgingByRange.Length: > 0 } snapshot ? AgingByRange(snapshot, range) : [];

    private IAgingNotifier[] AgingByRange(SubscriptionSnapshot snapshot, AddressRange range)
    {
        NotifierSubscription[] hit = Array.FindAll(snapshot.AgingByRange, subscription =>
        {
            RangeFinder finder = new(subscription);
            snapshot.Intervals.Walk(range, ref finder);
            return finder.Found is not null;
        });
        _statistics?.AddAgingCalls(hit.Length);
        return Array.ConvertAll(hit, static subscription => (IAgingNotifier)subscription.Notifier);
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
