using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>The callbacks. They wait for accesses in flight, which are short, and never for clients that have got a region.</summary>
/// <remarks>
/// Whatever changes, the translations of the pages go and the next transfer asks for them again. Memory that is unmapped invalidates the
/// region as well: look-ups do not find it any more, and those who have it can see it. Its subscription ends when the last of
/// them has put it back and somebody registers again, since a subscription cannot end inside a bracket.
/// </remarks>
public sealed partial class RegistrationCache
{
    // Guarded by the lock.
    private long _callbacks;
    private long _usefulCallbacks;
    private long _pagesNamed;
    private long _pagesInvalidated;
    private long _flushes;
    private long _lookUps;

    /// <summary>A bracket over one region, told by the region's own subscription.</summary>
    internal bool Invalidate(RegisteredRegion region, IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (!TryEnter(range.IsBlockable))
        {
            return false;
        }

        subscription.SetSequence(sequence);
        int dropped = TakeAwayLocked(region, in range);
        if (range.Event == InvalidationEvent.Release)
        {
            Shared.Write(ref _released, true, this);
            _pagesInvalidated += dropped;
            FlushLocked(dropped);
        }
        else
        {
            CountLocked(range.Range.Intersect(region.Range), dropped);
        }

        _lock.Exit();
        return true;
    }

    /// <summary>The start of a bracket anywhere, told by one notifier for all regions.</summary>
    internal bool Start(in InvalidationRange range, BracketSequence brackets)
    {
        if (!TryEnter(range.IsBlockable))
        {
            return false;
        }

        brackets.Start(range.Range);
        _lookUps++;
        CountLocked(range.Range, TakeAwayLocked(in range));
        _lock.Exit();
        return true;
    }

    /// <summary>The end of that bracket.</summary>
    internal void End(in InvalidationRange range, BracketSequence brackets)
    {
        _lock.EnterOrSpin(range.IsBlockable);
        brackets.End();
        _lock.Exit();
    }

    /// <summary>Takes everything away, for good.</summary>
    internal void StopMirroring()
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        if (!_released)
        {
            Shared.Write(ref _released, true, this);
            InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Release);
            int dropped = TakeAwayLocked(in everything);
            _pagesInvalidated += dropped;
            FlushLocked(dropped);
        }
    }

    private bool TryEnter(bool mayBlock)
    {
        if (!mayBlock)
        {
            return _lock.TryEnter();
        }

        _lock.Enter();
        return true;
    }

    private int TakeAwayLocked(in InvalidationRange range)
    {
        int dropped = 0;
        for (int i = _listed.FirstOverlapping(range.Range); i < _listed.Count && _listed[i].Range.Start < range.Range.End;)
        {
            RegisteredRegion region = _listed[i];
            dropped += TakeAwayLocked(region, in range);
            i += region.State == RegionState.Listed ? 1 : 0;
        }

        foreach (RegisteredRegion region in _unlisted)
        {
            dropped += region.Range.Overlaps(range.Range) ? TakeAwayLocked(region, in range) : 0;
        }

        return dropped;
    }

    private int TakeAwayLocked(RegisteredRegion region, in InvalidationRange range)
    {
        if (range.Event is InvalidationEvent.Unmap or InvalidationEvent.Release)
        {
            region.IsInvalidated = true;
            if (region.State == RegionState.Listed)
            {
                RetireLocked(region);
            }
        }

        return region.Drop(range.Range);
    }

    private void CountLocked(AddressRange named, int dropped)
    {
        _callbacks++;
        _usefulCallbacks += dropped > 0 ? 1 : 0;
        _pagesNamed += (long)named.Pages;
        _pagesInvalidated += dropped;
        FlushLocked(dropped);
    }

    private void FlushLocked(int dropped)
    {
        if (dropped > 0)
        {
            _flushes++;
            Gates.AwaitAccessesInFlight();
        }
    }
}
