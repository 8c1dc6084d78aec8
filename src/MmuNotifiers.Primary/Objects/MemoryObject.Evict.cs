using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that leave memory: see <see cref="ObjectEviction"/> for the order.</summary>
public abstract partial class MemoryObject
{
    /// <summary>How many pages were dropped without a trace: each leaves its number in the cache. Guarded by the object lock.</summary>
    private ulong _drops;

    /// <summary>
    /// Finds a page that is to be evicted, by a frame that was its frame at some time. Never blocks.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="frame">The frame; if it is the page's, the caller gets a reference, and nobody else tries to evict it.</param>
    internal bool TryIsolate(ulong pageIndex, FrameNumber frame)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        bool isOurs = _pages.Find(pageIndex) == PageSlot.Present(frame)
            && Memory.Frames.Pins(frame) == 0
            && Memory.Frames.TestAndSet(frame, FrameFlags.Isolated);
        if (isOurs)
        {
            Memory.Frames.Get(frame);
        }

        return isOurs;
    }

    /// <summary>Counts the swap slots that the page cache names, while nobody evicts.</summary>
    internal void CountSwapEntries(Dictionary<SwapEntry, int> named)
    {
        List<CachedPage> known = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _pages.CopyRange(0, EndOfPages, known);
        foreach (CachedPage page in known.Where(static page => page.Slot.IsSwapped))
        {
            named[page.Slot.Entry] = named.GetValueOrDefault(page.Slot.Entry) + 1;
        }
    }

    /// <summary>The areas that may show one of the given pages, without an allocation when warm. They may be changing.</summary>
    internal void ListAreas(ulong firstPage, ulong endPage, List<AreaOfSpace> found)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        foreach ((AddressSpace space, HashSet<Area> areas) in _areas)
        {
            foreach (Area area in areas)
            {
                if (MayShow(area, firstPage, endPage))
                {
                    found.Add(new AreaOfSpace(space, area));
                }
            }
        }
    }

    /// <summary>
    /// Takes a page that was unmapped out of the cache, if nobody but the cache and the eviction refers to it. Never blocks.
    /// </summary>
    /// <param name="page">The page; its state says what became of it, and which entry it has in the swap cache.</param>
    /// <remarks>
    /// From here on a fault finds the swap entry, and by it the frame, in the swap cache; while that is being written the fault waits, since
    /// it might store to the page. If the write fails the page stays where it is, and the next fault has it back without a read.
    /// </remarks>
    internal void Depart(ref EvictedPage page)
    {
        FrameNumber frame = page.Frame;
        using (_lock.EnterScope())
        {
            // The cache's reference, the eviction's, and that of the swap cache.
            int references = Memory.Frames.Has(frame, FrameFlags.SwapCached) ? 3 : 2;
            bool isUnused = _pages.Find(page.Index) == PageSlot.Present(frame) && Memory.Frames.IsUnmapped(frame, references);
            page.State = isUnused ? DepartLocked(ref page) : EvictedPageState.Staying;
            if (page.State is not (EvictedPageState.Writing or EvictedPageState.Dropped))
            {
                return;
            }

            _pages.Set(page.Index, page.State == EvictedPageState.Writing ? PageSlot.Swapped(page.Entry) : PageSlot.Dropped(++_drops));
            Memory.Frames.ClearOwner(frame);
        }

        Memory.Put(frame);
    }

    /// <summary>
    /// Writes a page that is about to be evicted to what is behind the object. A failure is told by the next call that may tell of one. May block.
    /// </summary>
    internal virtual Errno WriteBackEvicted(ulong pageIndex, FrameNumber frame) => Errno.None;

    /// <summary>By what reclaim knows a page that went without a swap entry.</summary>
    internal ulong IdentityOf(ulong pageIndex) =>
        (1UL << 63) | (((ulong)_number << 32) ^ (pageIndex * 0x9E37_79B9_7F4A_7C15));

    /// <summary>What becomes of a page that nobody uses. The object lock is held.</summary>
    private EvictedPageState DepartLocked(ref EvictedPage page)
    {
        SwapSpace swap = Memory.Swap;
        bool isDirty = Memory.Frames.Has(page.Frame, FrameFlags.Dirty);
        bool isInSwapCache = Memory.Frames.Has(page.Frame, FrameFlags.SwapCached);
        if (TracksWrites || (!isDirty && !isInSwapCache))
        {
            return isDirty ? EvictedPageState.NeedsWriteBack : EvictedPageState.Dropped;
        }

        if (isInSwapCache)
        {
            if (isDirty && !SwapSpace.IsWritable(swap.EntryOf(page.Frame)))
            {
                // It gets a slot that can be written next time.
                swap.TryUncache(page.Frame);
                return EvictedPageState.Staying;
            }

            if (!swap.TryBeginEviction(page.Frame, out SwapEntry entry))
            {
                return EvictedPageState.Staying;
            }

            page.Entry = entry;
            swap.AddReference(entry);
            return EvictedPageState.Writing;
        }

        if (page.State != EvictedPageState.HasSlot)
        {
            return EvictedPageState.Staying;
        }

        swap.AddReference(page.Entry);
        swap.BeginEviction(page.Entry, page.Frame);
        return EvictedPageState.Writing;
    }
}
