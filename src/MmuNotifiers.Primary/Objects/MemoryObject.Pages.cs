using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages: where they are, and where they come from.</summary>
public abstract partial class MemoryObject
{
    /// <summary>Whether a page beyond the end is refused, or about to become part of the object by a write.</summary>
    private protected enum SizeLimit
    {
        Enforced,
        Extending,
    }

    /// <summary>
    /// Gives the page-cache frame of a page, bringing it in if need be. May block. The caller gets a reference on the frame and,
    /// before it installs the frame in a pte, checks under the leaf's lock with <see cref="StillOwns"/> that no truncation overtook it.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="frame">The frame, with a reference for the caller.</param>
    /// <param name="source">Where it was found.</param>
    /// <returns>Success, BusError (beyond the end, or not readable) or OutOfMemory.</returns>
    internal FaultResult GetPage(ulong pageIndex, out FrameNumber frame, out PageSource source) =>
        GetPage(pageIndex, SizeLimit.Enforced, out frame, out source);

    /// <inheritdoc cref="GetPage(ulong, out FrameNumber, out PageSource)"/>
    internal FaultResult GetPage(ulong pageIndex, out FrameNumber frame) => GetPage(pageIndex, SizeLimit.Enforced, out frame, out _);

    /// <summary>As <see cref="GetPage(ulong, out FrameNumber)"/>, but only if the page is in the cache already; for fault-around. Never blocks.</summary>
    internal bool TryGetCachedPage(ulong pageIndex, out FrameNumber frame)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        frame = default;
        return IsWithinSizeLocked(pageIndex) && TryReferenceLocked(pageIndex, out frame);
    }

    /// <summary>Whether a frame is this object's page still.</summary>
    internal bool StillOwns(FrameNumber frame, ulong pageIndex) => Memory.Frames.IsOwnedBy(frame, this, pageIndex);

    /// <summary>Whether a page is in memory, for mincore: cached here, or by the swap cache. Never blocks.</summary>
    internal bool IsCached(ulong pageIndex)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        PageSlot slot = _pages.Find(pageIndex);
        return slot.IsPresent || (slot.IsSwapped && Memory.Swap.IsCached(slot.Entry));
    }

    /// <summary>Whether a page was evicted, and would have to be brought in by a read. Never blocks.</summary>
    internal bool IsEvicted(ulong pageIndex)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return IsWithinSizeLocked(pageIndex) && _pages.Find(pageIndex).IsSwapped;
    }

    /// <summary>The pages of a range that lie in swap, in order.</summary>
    internal List<ulong> ListSwapped(ulong firstPage, ulong endPage)
    {
        List<CachedPage> found = [];
        using SharedLock.Scope held = _lock.EnterScope();
        if (_pages.SwappedCount > 0)
        {
            _pages.CopyRange(firstPage, endPage, found);
        }

        return [.. found.Where(static page => page.Slot.IsSwapped).Select(static page => page.Index)];
    }

    /// <summary>
    /// Brings in the content of a page that the cache does not hold. Holds no lock and may block. What it reads is thrown
    /// away if the content changed meanwhile.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="bytes">The page, zeroed.</param>
    private protected virtual FaultResult FillPage(ulong pageIndex, Span<byte> bytes) => FaultResult.Success;

    /// <remarks>
    /// Evictions raise no version, or a slow read would never end beside them: what a page's slot holds is another after each eviction. Whoever
    /// comes to a swapped page holds its swap slot while it reads, so that no truncation gives the slot to another page:
    /// <code>
    ///   fault                                      truncation
    ///   lock: slot = swapped, hold the entry
    ///                                              lock: version + 1, slot = absent, drop the entry
    ///   read (the entry is still this page's)
    ///   lock: version is another: throw away       (the page is gone; the fault starts over)
    ///   let go of the entry
    /// </code>
    /// </remarks>
    private protected FaultResult GetPage(ulong pageIndex, SizeLimit limit, out FrameNumber frame, out PageSource source)
    {
        while (true)
        {
            ulong version;
            PageSlot slot;
            source = PageSource.Cache;
            using (_lock.EnterScope())
            {
                if (limit == SizeLimit.Enforced && !IsWithinSizeLocked(pageIndex))
                {
                    frame = default;
                    return FaultResult.BusError;
                }

                if (TryReferenceLocked(pageIndex, out frame))
                {
                    return FaultResult.Success;
                }

                version = _version;
                slot = _pages.Find(pageIndex);
                if (slot.IsSwapped)
                {
                    Memory.Swap.AddReference(slot.Entry);
                }
            }

            source = slot.IsSwapped ? PageSource.Swap : slot.IsDropped ? PageSource.Reread : PageSource.Made;
            FaultResult made = slot.IsSwapped ? ReadSwapped(slot.Entry, out FrameNumber fresh) : MakePage(pageIndex, slot, out fresh);
            bool published = made == FaultResult.Success && TryPublish(pageIndex, fresh, slot, version);
            bool isFinal = published || (made != FaultResult.Success && IsUnchanged(pageIndex, slot, version));
            if (slot.IsSwapped)
            {
                Memory.Swap.Drop(slot.Entry);
            }

            if (isFinal)
            {
                frame = published ? fresh : default;
                return made;
            }

            if (made == FaultResult.Success)
            {
                Memory.Put(fresh);
            }
        }
    }

    /// <summary>Takes pages out of the cache. The frames belong to nobody then; the caller ends with <see cref="Forget"/>.</summary>
    private protected List<CachedPage> TakePages(ulong firstPage, ulong endPage)
    {
        List<CachedPage> taken = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _version++;
        _pages.TakeRange(firstPage, endPage, taken);
        foreach (CachedPage page in taken)
        {
            if (page.Slot.IsPresent)
            {
                Memory.Frames.ClearOwner(page.Frame);
            }
        }

        return taken;
    }

    /// <summary>Drops what the cache held for pages that were taken out: its references on frames and swap slots.</summary>
    private protected void Forget(List<CachedPage> taken)
    {
        foreach (CachedPage page in taken)
        {
            if (page.Slot.IsPresent)
            {
                TryLeaveSwapCache(page.Frame);
                Memory.Put(page.Frame);
            }
            else if (page.Slot.IsSwapped)
            {
                Memory.Swap.Drop(page.Slot.Entry);
            }
        }

        Memory.Swap.DiscardIfMany();
    }

    /// <summary>The cached pages of a range, with a reference on each for the caller.</summary>
    private protected List<CachedPage> ReferencePages(ulong firstPage, ulong endPage)
    {
        List<CachedPage> found = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _pages.CopyRange(firstPage, endPage, found);
        found.RemoveAll(static page => !page.Slot.IsPresent);
        foreach (CachedPage page in found)
        {
            Memory.Frames.Get(page.Frame);
        }

        return found;
    }

    private protected void DropReferences(List<CachedPage> pages)
    {
        foreach (CachedPage page in pages)
        {
            Memory.Put(page.Frame);
        }
    }

    /// <summary>Whether a page was never made, or is zero and needs nothing to be so.</summary>
    private protected bool IsAbsent(ulong pageIndex)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        PageSlot slot = _pages.Find(pageIndex);
        return slot.IsAbsent || slot.IsDropped;
    }

    /// <summary>Says that what is behind the cache changed.</summary>
    private protected void RaiseVersion()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _version++;
    }

    private protected void SetSize(ulong bytes)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _sizeBytes = bytes;
    }

    /// <summary>An evicted page, when it is not being written to the store any more: the one who gets it may store to it.</summary>
    private FaultResult ReadSwapped(SwapEntry entry, out FrameNumber frame)
    {
        FaultResult result = Memory.Swap.Read(entry, _readAhead, out frame);
        if (result == FaultResult.Success)
        {
            Memory.Swap.WaitForWrite(frame);
        }

        return result;
    }

    private FaultResult MakePage(ulong pageIndex, PageSlot slot, out FrameNumber frame)
    {
        if (!Memory.TryAllocateZeroed(out frame))
        {
            return FaultResult.OutOfMemory;
        }

        FaultResult filled = FillPage(pageIndex, Memory.Bytes(frame));
        if (filled != FaultResult.Success)
        {
            Memory.Put(frame);
        }
        else if (slot.IsDropped)
        {
            Memory.Reclaim?.BroughtIn(frame, IdentityOf(pageIndex), isReadAhead: false);
        }

        return filled;
    }

    /// <summary>Enters a page into the cache, which takes a reference of its own.</summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="frame">Its frame, of which the caller keeps a reference.</param>
    /// <param name="expected">What the cache knew of the page when it was begun to be brought in.</param>
    /// <param name="version">The version at that time.</param>
    private bool TryPublish(ulong pageIndex, FrameNumber frame, PageSlot expected, ulong version)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (_version != version || _pages.Find(pageIndex) != expected)
        {
            return false;
        }

        Memory.Frames.GiveTo(frame, this, pageIndex);
        Memory.Frames.Get(frame);
        _pages.Set(pageIndex, PageSlot.Present(frame));
        if (expected.IsSwapped)
        {
            Memory.Swap.Drop(expected.Entry);
        }

        return true;
    }

    private bool IsUnchanged(ulong pageIndex, PageSlot slot, ulong version)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return _version == version && _pages.Find(pageIndex) == slot;
    }

    private bool IsWithinSizeLocked(ulong pageIndex) => pageIndex < Page.Count(_sizeBytes);

    private bool TryReferenceLocked(ulong pageIndex, out FrameNumber frame)
    {
        PageSlot slot = _pages.Find(pageIndex);
        frame = slot.IsPresent ? slot.Frame : default;
        if (slot.IsPresent)
        {
            Memory.Frames.Get(frame);
        }

        return slot.IsPresent;
    }

    /// <summary>
    /// Takes a page of the object out of the swap cache, if it is there: its swap slot is free then, and the page is dirty. The caller holds a
    /// reference on the frame.
    /// </summary>
    /// <returns>False if the slot is in use at this moment.</returns>
    private bool TryLeaveSwapCache(FrameNumber frame) => !Memory.Frames.Has(frame, FrameFlags.SwapCached) || Memory.Swap.TryUncache(frame);
}
