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

    internal SwapSpace(PhysicalMemory memory) => _memory = memory;

    private FrameTable Frames => _memory.Frames;

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

        SwapArea area = AreaOf(WritableArea);
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

        NoteIfIdle(entry, in slot);

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

    /// <summary>Forgets the areas and what they hold, for a race checker. Nobody uses a slot.</summary>
    internal void Reset()
    {
        FreeEntries();
        _areas = [];
        _lastNumber = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => FreeEntries();

    /// <summary>Locks the slot of an entry that has a user who stays.</summary>
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
        if (isFree && entry.Area == WritableArea)
        {
            AreaOf(WritableArea).Free(entry.Slot);
        }

        if (forgotten != default)
        {
            _memory.Put(forgotten);
        }
    }
}
