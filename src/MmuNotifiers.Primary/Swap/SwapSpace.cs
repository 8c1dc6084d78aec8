using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Where evicted pages of a pool are: swap areas with their slots, who uses each, and the swap cache, through which a page that one user
/// brings in is found by all. Without areas nothing can be evicted to it, and it costs nothing.
/// </summary>
/// <remarks>
/// A slot counts its users: the swap ptes and page-cache entries that name it, and the swap cache while it has a frame for it. The last one to let
/// go frees the slot. The state of a slot and its place in the cache change under the lock of its cluster, a spin lock that comes after
/// leaf, object and family locks and before those of frames; see <see cref="SwapSlot"/> for the states.
/// <para>
/// While a slot has users beside the cache, nobody may write to the frame that the cache has for it: the users show the same page. A frame
/// whose slot only the cache holds may be written, and is dirty then.
/// </para>
/// </remarks>
internal sealed unsafe partial class SwapSpace : IDisposable
{
    private readonly PhysicalMemory _memory;

    /// <summary>Area 0 is the one that pages are written to, if there is one. An array once published never changes.</summary>
    private SwapArea?[] _areas = [];

    internal SwapSpace(PhysicalMemory memory) => _memory = memory;

    /// <summary>Whether there is a place to evict pages to.</summary>
    internal bool CanEvict => Shared.Read(in _areas, this) is [not null, ..];

    /// <summary>Whether there is any area: else no pte and no frame knows of swap.</summary>
    internal bool IsInUse => Shared.Read(in _areas, this).Length > 0;

    private FrameTable Frames => _memory.Frames;

    /// <summary>Adds a store. Area 0 is kept for the one that pages are written to.</summary>
    /// <param name="store">The store; stays the caller's, and outlives the pool.</param>
    /// <param name="kind">What it is good for.</param>
    /// <returns>The number of the area, for <see cref="SwapEntry"/>.</returns>
    /// <exception cref="InvalidOperationException">There is one to write to already, or there are too many.</exception>
    internal int AddArea(ISwapStore store, SwapAreaKind kind)
    {
        using SharedLock.Scope held = _areaLock.EnterScope();
        SwapArea?[] areas = _areas;
        int number = kind == SwapAreaKind.ReadWrite ? 0 : Math.Max(1, areas.Length);
        if (number >= SwapEntry.MaxAreas || (number < areas.Length && areas[number] is not null))
        {
            throw new InvalidOperationException($"The pool has swap area {number} already, or {SwapEntry.MaxAreas} of them.");
        }

        EnsureEntries();
        SwapArea area = new(number, store, kind);
        if (kind == SwapAreaKind.ReadOnly)
        {
            area.AddAllClusters();
        }

        SwapArea?[] more = new SwapArea?[Math.Max(areas.Length, number + 1)];
        areas.CopyTo(more, 0);
        more[number] = area;
        Shared.Write(ref _areas, more, this);
        return number;
    }

    /// <summary>Takes a slot to write a page to, with one user: the caller.</summary>
    /// <returns>False if there is none.</returns>
    internal bool TryAllocate(out SwapEntry entry)
    {
        entry = default;
        return Allocate(new Span<SwapEntry>(ref entry)) == 1;
    }

    /// <summary>As <see cref="TryAllocate"/>, for pages that belong together: they get neighbouring slots where possible.</summary>
    /// <returns>How many there were; the first so many entries are set.</returns>
    internal int Allocate(Span<SwapEntry> entries)
    {
        if (!CanEvict)
        {
            return 0;
        }

        SwapArea area = AreaOf(0);
        int count = area.Allocate(entries);
        if (count < entries.Length && UncacheClean(area) > 0)
        {
            count += area.Allocate(entries[count..]);
        }

        return count;
    }

    /// <summary>One more user of a slot, beside one that stays until this returns.</summary>
    internal void AddReference(SwapEntry entry)
    {
        SwapCluster cluster = Lock(entry);
        cluster.At(entry.Slot).AddReference();
        cluster.Unlock();
    }

    /// <summary>The first users of a slot of a read-only area, whose pages the store has.</summary>
    internal void AddFirstReference(SwapEntry entry)
    {
        InvariantViolationException.ThrowIf(AreaOf(entry.Area).Kind != SwapAreaKind.ReadOnly, "A slot of an area that is written to is allocated, not named.");
        AddReference(entry);
    }

    /// <summary>
    /// One user fewer. The last frees the slot; if it was the last but the swap cache, and nobody uses the frame, that goes too.
    /// Under any lock but those of frames.
    /// </summary>
    internal void Drop(SwapEntry entry)
    {
        SwapCluster cluster = Lock(entry);
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        slot.DropReference();
        if (slot.References > 0 && !slot.IsHeldByCacheOnly)
        {
            cluster.Unlock();
            return;
        }

        FrameNumber forgotten = default;
        if (slot.IsHeldByCacheOnly && !slot.IsBusy && Frames.IsUnmapped(slot.Frame, 1))
        {
            forgotten = slot.Frame;
            UncacheLocked(ref slot);
        }

        Leave(cluster, entry, ref slot, forgotten);
    }

    /// <summary>How many users a slot has, the swap cache included.</summary>
    internal int References(SwapEntry entry)
    {
        SwapCluster cluster = Lock(entry);
        int references = cluster.At(entry.Slot).References;
        cluster.Unlock();
        return references;
    }

    /// <summary>Says whether the page of a slot is all zeroes, so that its store neither gets it nor is asked for it. The caller holds the slot.</summary>
    internal void NoteContent(SwapEntry entry, bool isZero)
    {
        SwapCluster cluster = Lock(entry);
        cluster.At(entry.Slot).IsZero = isZero;
        cluster.Unlock();
    }

    /// <summary>Tells stores of freed slots, where many came together. No spin lock is held.</summary>
    internal void DiscardIfMany()
    {
        foreach (SwapArea? area in Shared.Read(in _areas, this))
        {
            area?.DiscardIfMany();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => FreeEntries();

    internal SwapArea AreaOf(int number) => Shared.Read(in _areas, this)[number]!;

    private SwapCluster Lock(SwapEntry entry)
    {
        SwapCluster cluster = AreaOf(entry.Area).ClusterOf(entry.Slot);
        cluster.Lock();
        return cluster;
    }

    /// <summary>Leaves a slot's lock; frees the slot if nobody uses it, and the frame that left the cache, if any.</summary>
    private void Leave(SwapCluster cluster, SwapEntry entry, ref SwapSlot slot, FrameNumber forgotten)
    {
        bool isFree = slot.References == 0;
        if (isFree)
        {
            slot.IsZero = false;
        }

        cluster.Unlock();
        if (isFree)
        {
            AreaOf(entry.Area).Free(entry.Slot);
        }

        if (forgotten != default)
        {
            _memory.Put(forgotten);
        }
    }
}
