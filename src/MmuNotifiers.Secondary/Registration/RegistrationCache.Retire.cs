using System.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>How regions leave: nobody finds them any more, and when nobody has them any more they are free.</summary>
public sealed partial class RegistrationCache
{
    /// <summary>
    /// The listed regions by the last use that is known of. Clients note uses without telling, so what comes out first is looked at
    /// again and goes back if it was used since. Guarded by the lock.
    /// </summary>
    private readonly PriorityQueue<RegisteredRegion, (uint Use, long Number)> _byUse = new();

    /// <inheritdoc cref="HasRetired"/>
    private int _retiredCount;

    /// <summary>Whether a region was retired since the last process-wide barrier. Guarded by the lock.</summary>
    private bool _needsBarrier;

    /// <summary>A client has put a region back, and some region waits for its last user: perhaps this one.</summary>
    internal void Returned(int index)
    {
        RegisteredRegion?[] regions = Shared.Read(in _regions, this);
        if (Shared.Read(in regions[index], regions) is not { State: RegionState.Retired })
        {
            return;
        }

        List<RegisteredRegion> free = [];
        using (_lock.EnterScope())
        {
            CollectLocked(free);
        }

        Unwatch(free);
    }

    /// <summary>Takes a region out of all look-ups. Whoever has got it keeps it.</summary>
    private void RetireLocked(RegisteredRegion region)
    {
        Debug.Assert(region.State == RegionState.Listed, "Only what is listed retires.");
        Directory.Remove(region.Range, region.Index);
        _listed.Remove(region);
        _listedBytes -= region.Range.LengthBytes;
        region.State = RegionState.Retired;
        _unlisted.Add(region);
        _needsBarrier = true;
        Shared.Write(ref _retiredCount, _retiredCount + 1, this);
    }

    /// <summary>Frees the retired regions that nobody has. Their subscriptions are to be ended outside of the lock.</summary>
    private void CollectLocked(List<RegisteredRegion> free)
    {
        if (_retiredCount == 0)
        {
            return;
        }

        if (_needsBarrier)
        {
            // Pairs with the plain counting of get and put.
            Shared.ProcessWideBarrier();
            _needsBarrier = false;
        }

        for (int i = _unlisted.Count - 1; i >= 0; i--)
        {
            RegisteredRegion region = _unlisted[i];
            if (region.State == RegionState.Retired && !IsInUseLocked(region))
            {
                _unlisted.RemoveAt(i);
                Shared.Write(ref _retiredCount, _retiredCount - 1, this);
                FreeLocked(region);
                free.Add(region);
            }
        }
    }

    private void FreeLocked(RegisteredRegion region)
    {
        region.State = RegionState.Free;
        Shared.Write(ref _regions[region.Index], null, _regions);
        _freeIndexes.Push(region.Index);
    }

    private void EvictLocked()
    {
        while ((_listed.Count > _options.MaxRegions || _listedBytes > _options.MaxBytes) && FindVictimLocked() is { } victim)
        {
            RetireLocked(victim);
            _evictions++;
        }
    }

    /// <summary>The listed region that was not used for the longest time; null if all are in use. One in use counts as used now.</summary>
    private RegisteredRegion? FindVictimLocked()
    {
        List<RegisteredRegion> inUse = [];
        RegisteredRegion? victim = null;
        while (victim is null && _byUse.TryDequeue(out RegisteredRegion? region, out (uint Use, long Number) key))
        {
            if (region.State != RegionState.Listed)
            {
                continue;
            }

            uint use = LastUseLocked(region);
            if (use != key.Use)
            {
                NoteUseLocked(region, use);
            }
            else if (IsInUseLocked(region))
            {
                inUse.Add(region);
            }
            else
            {
                victim = region;
            }
        }

        foreach (RegisteredRegion region in inUse)
        {
            NoteUseLocked(region, _clock);
        }

        return victim;
    }

    private void NoteUseLocked(RegisteredRegion region, uint use)
    {
        region.KnownUse = use;
        _byUse.Enqueue(region, (use, region.Number));
        if (_byUse.Count > 64 + (4 * _listed.Count))
        {
            // Mostly regions that were merged or invalidated.
            _byUse.Clear();
            for (int i = 0; i < _listed.Count; i++)
            {
                _byUse.Enqueue(_listed[i], (_listed[i].KnownUse, _listed[i].Number));
            }
        }
    }

    private uint LastUseLocked(RegisteredRegion region)
    {
        uint last = region.KnownUse;
        foreach (RegistrationClient client in _clients)
        {
            last = Math.Max(last, client.LastUseOf(region.Index));
        }

        return last;
    }

    /// <summary>Whether a client has the region. Final once it is retired and a barrier was made; otherwise a hint.</summary>
    private bool IsInUseLocked(RegisteredRegion region)
    {
        foreach (RegistrationClient client in _clients)
        {
            if (client.CountOf(region.Index) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
