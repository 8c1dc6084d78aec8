using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Everyone who is subscribed to one address space, and the dispatch of its brackets to them.</summary>
public sealed class NotifierSubscriptions
{
    private readonly SharedMonitor _monitor = new();

    /// <summary>Guarded by the monitor for writing.</summary>
    private SubscriptionSnapshot _snapshot = SubscriptionSnapshot.Empty;

    /// <summary>Brackets that are open. Guarded by the monitor.</summary>
    private readonly List<AddressRange> _open = [];

    /// <summary>Odd values for the sequences of intervals. Guarded by the monitor.</summary>
    private ulong _sequence = 1;

    /// <summary>Whether nobody is subscribed.</summary>
    public bool IsEmpty => Shared.Read(in _snapshot, this).IsEmpty;

    /// <summary>Subscribes to the whole address space; see <see cref="IPrimaryMmu.Register(IMmuNotifier)"/>.</summary>
    public NotifierSubscription Add(IMmuNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        NotifierSubscription subscription = new(this, notifier);
        _monitor.Enter();
        while (_open.Count > 0)
        {
            _monitor.Wait();
        }

        _snapshot = _snapshot with { Notifiers = [.. _snapshot.Notifiers, subscription] };
        _monitor.Exit();
        return subscription;
    }

    /// <summary>Subscribes to an interval; see <see cref="IPrimaryMmu.Register(IIntervalNotifier, AddressRange)"/>.</summary>
    public IntervalSubscription Add(IIntervalNotifier notifier, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        IntervalSubscription subscription = new(this, notifier, range);
        _monitor.Enter();
        subscription.ActiveBrackets = _open.Count(open => open.Overlaps(range));
        _snapshot = _snapshot with { Intervals = [.. _snapshot.Intervals, subscription] };
        _monitor.Exit();
        return subscription;
    }

    /// <summary>Subscribes a cache over the primary's table; see <see cref="IPrimaryMmu.Register(ISecondaryTlb)"/>.</summary>
    public TlbSubscription Add(ISecondaryTlb tlb)
    {
        ArgumentNullException.ThrowIfNull(tlb);
        TlbSubscription subscription = new(this, tlb);
        _monitor.Enter();
        _snapshot = _snapshot with { Tlbs = [.. _snapshot.Tlbs, subscription] };
        _monitor.Exit();
        return subscription;
    }

    /// <summary>Opens a bracket: calls every subscriber's start. Blocks until all have returned.</summary>
    public InvalidationScope Invalidate(scoped in InvalidationRange range)
    {
        Start(in range, out InvalidationScope scope);
        return scope;
    }

    /// <summary>Opens a bracket without blocking.</summary>
    /// <param name="range">What changes.</param>
    /// <param name="scope">The bracket, if it opened.</param>
    /// <returns>False if a subscriber refused: then everybody who had accepted was rolled back and nothing may change.</returns>
    public bool TryInvalidate(scoped in InvalidationRange range, out InvalidationScope scope) => Start(range.NonBlockable(), out scope);

    /// <summary>Flushes the caches over the primary's table. Called under the page-table lock; does not block.</summary>
    public void FlushSecondaryTlbs(AddressRange range)
    {
        foreach (TlbSubscription tlb in Shared.Read(in _snapshot, this).Tlbs)
        {
            tlb.Tlb.Invalidate(range);
        }
    }

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearFlushYoung"/>.</summary>
    public bool ClearFlushYoung(AddressRange range)
    {
        bool young = false;
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            young |= subscription.Notifier is IAgingNotifier aging && aging.ClearFlushYoung(range);
        }

        return young;
    }

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearYoung"/>.</summary>
    public bool ClearYoung(AddressRange range)
    {
        bool young = false;
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            young |= subscription.Notifier is IAgingNotifier aging && aging.ClearYoung(range);
        }

        return young;
    }

    /// <summary>Asks ageing subscribers until one says yes; see <see cref="IAgingNotifier.TestYoung"/>.</summary>
    public bool TestYoung(VirtualAddress address)
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            if (subscription.Notifier is IAgingNotifier aging && aging.TestYoung(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells prefetching subscribers that translations were loaded; see <see cref="IUpdateNotifier.UpdateRange"/>.</summary>
    public void UpdateRange(AddressRange range, AccessRights rights)
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            (subscription.Notifier as IUpdateNotifier)?.UpdateRange(range, rights);
        }
    }

    /// <summary>Tells prefetching subscribers of a change of protection; see <see cref="IUpdateNotifier.ChangeProtection"/>.</summary>
    public void ChangeProtection(AddressRange range, AccessRights rights)
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            (subscription.Notifier as IUpdateNotifier)?.ChangeProtection(range, rights);
        }
    }

    /// <summary>
    /// The address space goes away: calls every subscriber's release once, before any page is freed; intervals see a bracket over
    /// everything. No subscription can be made afterwards.
    /// </summary>
    public void Release()
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this).Notifiers)
        {
            subscription.Notifier.Release();
        }
    }

    internal void Remove(object subscription)
    {
        _monitor.Enter();
        while (_open.Count > 0)
        {
            _monitor.Wait();
        }

        _snapshot = new SubscriptionSnapshot(
            [.. _snapshot.Notifiers.Where(s => s != subscription)],
            [.. _snapshot.Intervals.Where(s => s != subscription)],
            [.. _snapshot.Tlbs.Where(s => s != subscription)]);
        _monitor.Exit();
    }

    internal void WaitForBrackets(IntervalSubscription subscription)
    {
        _monitor.Enter();
        while (subscription.ActiveBrackets > 0)
        {
            _monitor.Wait();
        }

        _monitor.Exit();
    }

    internal void End(in InvalidationRange range, SubscriptionSnapshot snapshot)
    {
        foreach (NotifierSubscription subscription in snapshot.Notifiers)
        {
            subscription.Notifier.InvalidateRangeEnd(in range);
        }

        Close(range.Range);
    }

    private bool Start(scoped in InvalidationRange range, out InvalidationScope scope)
    {
        SubscriptionSnapshot snapshot = Open(range.Range, out ulong sequence);
        bool accepted = true;
        foreach (IntervalSubscription interval in snapshot.Intervals)
        {
            accepted = accepted && (!interval.Range.Overlaps(range.Range) || interval.Notifier.Invalidate(interval, in range, sequence));
        }

        int told = 0;
        while (accepted && told < snapshot.Notifiers.Length)
        {
            accepted = snapshot.Notifiers[told].Notifier.InvalidateRangeStart(in range);
            told += accepted ? 1 : 0;
        }

        scope = accepted ? new InvalidationScope(this, in range, snapshot) : default;
        if (!accepted)
        {
            foreach (NotifierSubscription subscription in snapshot.Notifiers.AsSpan(0, told))
            {
                subscription.Notifier.InvalidateRangeEnd(in range);
            }

            Close(range.Range);
        }

        return accepted;
    }

    private SubscriptionSnapshot Open(AddressRange range, out ulong sequence)
    {
        _monitor.Enter();
        _open.Add(range);
        sequence = _sequence += 2;
        SubscriptionSnapshot snapshot = _snapshot;
        foreach (IntervalSubscription interval in snapshot.Intervals)
        {
            interval.ActiveBrackets += interval.Range.Overlaps(range) ? 1 : 0;
        }

        _monitor.Exit();
        return snapshot;
    }

    private void Close(AddressRange range)
    {
        _monitor.Enter();
        _open.Remove(range);
        foreach (IntervalSubscription interval in _snapshot.Intervals)
        {
            interval.ActiveBrackets -= interval.Range.Overlaps(range) ? 1 : 0;
        }

        _monitor.WakeAll();
        _monitor.Exit();
    }
}
