using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>One store of a <see cref="SwapSpace"/>: its slots in clusters, and which are free.</summary>
/// <remarks>
/// Slots are handed out in ascending order from one cluster after the other, wholly free clusters first, so that pages that are evicted
/// together lie together: one write puts them out, and one read brings neighbours in. A freed slot waits until the store was told, by
/// the batch, before it is handed out again.
/// </remarks>
internal sealed class SwapArea
{
    /// <summary>From so many freed slots on the store is told of them.</summary>
    private const int DiscardBatch = 64;

    private readonly long _clusterCount;

    /// <summary>A spin lock over what is free; nothing is taken under it.</summary>
    private int _lock;

    /// <summary>The clusters that were ever used, in order; an array once published changes only by new clusters at its end. Written under the lock.</summary>
    private SwapCluster?[] _clusters = [];

    /// <summary>How many clusters were ever used. Guarded by the lock.</summary>
    private int _used;

    /// <summary>The cluster from which slots are handed out, and the place in it from which to look. Guarded by the lock.</summary>
    private int _current;
    private int _place;

    /// <summary>Freed slots that the store was not told of. Guarded by the lock.</summary>
    private long[] _freed = new long[DiscardBatch];
    private int _freedCount;

    /// <summary>Where freed slots are while the store is told. Used by whoever set <see cref="_isDiscarding"/>.</summary>
    private long[] _discarding = new long[DiscardBatch];
    private bool _isDiscarding;

    /// <summary>How many slots are in use, or were freed and the store was not told yet. Guarded by the lock.</summary>
    private long _slotsInUse;

    /// <summary>How many clusters were seen without a user since nobody holds the area. Guarded by the lock of the areas.</summary>
    private int _unusedClusters;

    internal SwapArea(int number, ISwapStore store, SwapAreaKind kind)
    {
        Number = number;
        Store = store;
        Kind = kind;
        SlotCount = Math.Min(store.SlotCount, SwapEntry.MaxSlots);
        _clusterCount = (SlotCount + SwapCluster.Slots - 1) / SwapCluster.Slots;
    }

    internal int Number { get; }

    internal ISwapStore Store { get; }

    internal SwapAreaKind Kind { get; }

    /// <summary>Who is told when slots become free; null for nobody.</summary>
    internal Standstill? Standstill { get; init; }

    /// <summary>
    /// Whether slots may be held by the swap cache only, and idle: they can be given up. Set under the lock of the slot's cluster when it becomes so, cleared
    /// before they are looked for.
    /// </summary>
    private bool _mayHaveIdleSlots;

    /// <summary>How many may begin to use slots of it that have no user. Guarded by the lock of the areas.</summary>
    internal int Holders { get; set; }

    /// <summary>How many pages the area can hold.</summary>
    internal long SlotCount { get; }

    /// <summary>How many slots are in use; exact only while nobody takes or frees any.</summary>
    internal long SlotsInUse => Shared.Read(in _slotsInUse, this);

    /// <summary>Whether so many slots are taken that clean pages should give up theirs (as Linux, from half on).</summary>
    internal bool IsFilling => SlotsInUse > SlotCount / 2;

    /// <summary>The cluster of a slot that was handed out, or that belongs to a read-only area.</summary>
    internal SwapCluster ClusterOf(long slot) => Shared.Read(in _clusters, this)[slot / SwapCluster.Slots]!;

    /// <summary>The cluster of a slot, if any slot of it was ever handed out.</summary>
    internal SwapCluster? FindCluster(long slot)
    {
        SwapCluster?[] clusters = Shared.Read(in _clusters, this);
        long index = slot / SwapCluster.Slots;
        return slot >= 0 && index < clusters.Length ? clusters[index] : null;
    }

    /// <summary>Takes free slots, neighbours where possible, in ascending order of places. Each is in the state of <see cref="SwapSlot.Allocate"/>.</summary>
    /// <returns>How many there were.</returns>
    internal int Allocate(Span<SwapEntry> entries)
    {
        int count = TakeFree(entries);
        if (count < entries.Length && Discard(everything: true))
        {
            count += TakeFree(entries[count..]);
        }

        foreach (SwapEntry entry in entries[..count])
        {
            SwapCluster cluster = ClusterOf(entry.Slot);
            cluster.Lock();
            cluster.At(entry.Slot).Allocate();
            cluster.Unlock();
        }

        return count;
    }

    /// <summary>A slot of an area that is written to has no user any more. No cluster's lock is held.</summary>
    internal void Free(long slot)
    {
        SharedSpinLock.Enter(ref _lock, this);
        if (_freedCount == _freed.Length)
        {
            Array.Resize(ref _freed, _freedCount * 2);
        }

        _freed[_freedCount++] = slot;
        SharedSpinLock.Exit(ref _lock, this);
        Standstill?.NoteChange();
    }

    /// <summary>A slot is held by the swap cache only, and idle. Under the lock of its cluster.</summary>
    internal void NoteIdleSlot()
    {
        if (!Shared.Read(in _mayHaveIdleSlots, this))
        {
            Shared.Write(ref _mayHaveIdleSlots, true, this);
        }

        Standstill?.NoteChange();
    }

    /// <summary>Whether it is worth looking for idle slots; who asks does look.</summary>
    internal bool TakeIdleSlots() =>
        Shared.Read(in _mayHaveIdleSlots, this) && Shared.Exchange(ref _mayHaveIdleSlots, false, this);

    /// <summary>Tells the store of freed slots if a batch of them has come together. No spin lock is held.</summary>
    internal void DiscardIfMany()
    {
        if (Shared.Read(in _freedCount, this) >= DiscardBatch)
        {
            Discard(everything: false);
        }
    }

    /// <summary>Makes the slots of a read-only area known, so that they can be counted.</summary>
    internal void AddAllClusters()
    {
        SharedSpinLock.Enter(ref _lock, this);
        while (_used < _clusterCount)
        {
            AddCluster();
        }

        SharedSpinLock.Exit(ref _lock, this);
    }

    /// <summary>Whether no slot has a user, for an area that nobody holds: then it stays so. Under the lock of the areas.</summary>
    internal bool HasNoUsers()
    {
        ReadOnlySpan<SwapCluster?> clusters = Clusters;
        while (_unusedClusters < clusters.Length && clusters[_unusedClusters] is { } cluster)
        {
            if (!cluster.HasNoUsers())
            {
                return false;
            }

            _unusedClusters++;
        }

        return true;
    }

    /// <summary>The clusters that were ever used.</summary>
    internal ReadOnlySpan<SwapCluster?> Clusters => Shared.Read(in _clusters, this);

    private int TakeFree(Span<SwapEntry> entries)
    {
        SharedSpinLock.Enter(ref _lock, this);
        int count = 0;
        while (count < entries.Length && (_used > 0 || AddCluster()))
        {
            int place = _clusters[_current]!.Take(_place);
            if (place >= 0)
            {
                _place = place;
                entries[count++] = new SwapEntry(Number, ((long)_current * SwapCluster.Slots) + place);
            }
            else if (!ChooseCluster())
            {
                break;
            }
        }

        Shared.Write(ref _slotsInUse, _slotsInUse + count, this);
        SharedSpinLock.Exit(ref _lock, this);
        return count;
    }

    /// <summary>The next cluster to take slots from: wholly free, never used, or else the one with the most free slots.</summary>
    private bool ChooseCluster()
    {
        int best = -1;
        int most = 0;
        for (int step = 1; step <= _used && most < SwapCluster.Slots; step++)
        {
            int index = (_current + step) % _used;
            int free = _clusters[index]!.FreeSlots;
            (best, most) = free > most ? (index, free) : (best, most);
        }

        if (most < SwapCluster.Slots && AddCluster())
        {
            best = _used - 1;
            most = SwapCluster.Slots;
        }

        _current = best >= 0 ? best : _current;
        _place = 0;
        return most > 0;
    }

    private bool AddCluster()
    {
        if (_used == _clusterCount)
        {
            return false;
        }

        SwapCluster?[] clusters = _clusters;
        if (_used == clusters.Length)
        {
            Array.Resize(ref clusters, Math.Max(8, _used * 2));
        }

        clusters[_used] = new SwapCluster((int)Math.Min(SwapCluster.Slots, SlotCount - ((long)_used * SwapCluster.Slots)));
        Shared.Write(ref _clusters, clusters, this);
        _used++;
        return true;
    }

    /// <returns>Whether slots became free that were not.</returns>
    private bool Discard(bool everything)
    {
        SharedSpinLock.Enter(ref _lock, this);
        bool mine = !_isDiscarding && _freedCount >= (everything ? 1 : DiscardBatch);
        int count = mine ? _freedCount : 0;
        if (mine)
        {
            (_freed, _discarding) = (_discarding, _freed);
            _freedCount = 0;
            _isDiscarding = true;
        }

        SharedSpinLock.Exit(ref _lock, this);
        if (!mine)
        {
            return false;
        }

        Span<long> slots = _discarding.AsSpan(0, count);
        slots.Sort();
        Store.Discard(slots);
        SharedSpinLock.Enter(ref _lock, this);
        foreach (long slot in slots)
        {
            _clusters[slot / SwapCluster.Slots]!.Give(slot);
        }

        Shared.Write(ref _slotsInUse, _slotsInUse - count, this);
        _isDiscarding = false;
        SharedSpinLock.Exit(ref _lock, this);
        Standstill?.NoteChange();
        return true;
    }
}
