using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that are evicted and mapped in this address space. All without the map lock.</summary>
/// <remarks>
/// An eviction against a change of areas, as a fault against it: the area is looked up under a map sequence, which is checked under the leaf's
/// lock. So what a nonlinear mapping keeps of a page that goes is what the area, at that moment, needs:
/// <code>
///   eviction                                     remap_file_pages, mremap
///   s = map sequence; area = find(address)
///   bracket start
///                                                sequence odd; area becomes nonlinear, or moves; sequence even
///   lock leaf; sequence != s: leave it alone     lock leaf: changes the pte, or takes it along
///   -- or --
///   lock leaf; sequence == s: pte = swap entry,
///     or what the mapping shows, but no frame    ... lock leaf: changes that pte, or takes it along
///   bracket end
/// </code>
/// Against a fault of a device:
/// <code>
///   eviction                                     device
///                                                fault: reads the pte, frame F
///   bracket start                           ->   drops what it has of the page; refills retry
///   lock leaf; still F, not pinned?              (what it writes until then it marks dirty inside the start)
///     pte = no frame; unlock
///   bracket end                             ->   retry: faults again, finds F in the swap cache, or reads it in
///   drop the mapping's reference
/// </code>
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>A reference on a frame, if a pte maps it at an address. A huge page is split for it, if nobody holds the map lock.</summary>
    internal bool TryReferenceForEviction(VirtualAddress address, FrameNumber frame)
    {
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0)
        {
            return false;
        }

        LeafTable leaf = _table.Find(address);
        if (leaf.IsNull || !TrySplitForEviction(leaf, address))
        {
            return false;
        }

        int index = LeafTable.IndexOf(address);
        leaf.Lock();
        Pte pte = leaf.Read(index);
        bool isMapped = IsEvictable(pte, frame) && leaf.BelongsTo(_table, address);
        if (isMapped)
        {
            Frames.Get(frame);
            if (pte.IsDirty)
            {
                Frames.MarkDirty(frame);
            }
        }

        leaf.Unlock();
        return isMapped;
    }

    /// <summary>As <see cref="Maps"/>, of an address space that may be disposed meanwhile.</summary>
    internal bool MapsForEviction(VirtualAddress address, FrameNumber frame)
    {
        using GraceSection section = _deviceFaults.Enter();
        return Shared.Read(in _released, this) == 0 && Maps(address, frame);
    }

    /// <summary>
    /// Whether the area at an address lets its private pages go. A first look; it is asked again when they go. Waits for a change of areas that is under
    /// way: in the middle of one there may be no area for a page that stays, and whoever needs a frame would run out of pages to try.
    /// </summary>
    internal bool MayEvict(VirtualAddress address)
    {
        ReadMapSequence();
        return FindArea(address) is { IsPrivate: true } area && LetsPagesGo(area);
    }

    /// <summary>
    /// Waits, up to a moment, for a change of areas or an end that another thread is in the middle of: meanwhile none of its pages can go. Not for ever, since
    /// who waits may hold the map lock of another address space, or be inside a fault of a device, and the other may wait for that:
    /// <code>
    ///   who needs a frame                             end of the address space
    ///   fault of a device begins
    ///                                                 released = 1; its subscriber waits until faults of devices are over
    ///   waits for the end, until the deadline
    /// </code>
    /// </summary>
    /// <param name="deadline">As <see cref="SharedClock.GetTimestamp"/>.</param>
    internal void AwaitChange(long deadline)
    {
        SharedSpin spin = default;
        while (IsChanging && !_mapLock.IsHeldByCurrentThread && SharedClock.GetTimestamp() < deadline)
        {
            spin.Once();
        }
    }

    /// <summary>Whether areas change at the moment, or the address space is being disposed and has pages.</summary>
    private bool IsChanging => (Shared.Read(in _mapSequence, this) & 1) != 0 || Shared.Read(in _released, this) == 1;

    /// <summary>Whether the area at an address keeps its pages in memory for as long as it is what it is: no longer than until the map changes.</summary>
    internal bool IsLockedAt(VirtualAddress address) => FindArea(address) is { } area && !LetsPagesGo(area);

    /// <summary>
    /// Takes the frames out of mappings, inside one bracket for each area: of a private page a swap entry stays, of an object's what a nonlinear mapping shows.
    /// What is not mapped there any more, pinned or locked by now stays.
    /// </summary>
    /// <param name="mappings">Neighbouring pages of this address space; notes which are gone.</param>
    /// <param name="pages">The pages of the eviction, which holds a reference on each.</param>
    internal void RevokeForEviction(Span<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        using GraceSection section = _deviceFaults.Enter();
        while (!mappings.IsEmpty && Shared.Read(in _released, this) == 0)
        {
            long sequence = ReadMapSequence();
            Area? area = FindArea(mappings[0].Address);
            int count = 1;
            if (area is not null && LetsPagesGo(area))
            {
                count = (int)Math.Min((ulong)mappings.Length, area.Range.End.PageNumber - mappings[0].Address.PageNumber);
                RevokeInArea(area, sequence, mappings[..count], pages);
            }

            mappings = mappings[count..];
        }
    }

    private static bool LetsPagesGo(Area area) => !area.Has(AreaFlags.Locked | AreaFlags.FrameMap);

    private static bool IsEvictable(Pte pte, FrameNumber frame) =>
        pte.IsPresent && !pte.IsSpecial && !pte.IsObject && pte.Frame == frame;

    /// <returns>False if the page is part of a huge page that cannot be split at the moment.</returns>
    private bool TrySplitForEviction(LeafTable leaf, VirtualAddress address)
    {
        if (!leaf.Read(LeafTable.IndexOf(address)).IsInHugePage)
        {
            return true;
        }

        if (!_mapLock.TryEnter())
        {
            return false;
        }

        try
        {
            SplitHugePages(AddressRange.OfPage(address));
        }
        finally
        {
            _mapLock.Exit();
        }

        return true;
    }

    private void RevokeInArea(Area area, long sequence, Span<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        AddressRange range = AddressRange.FromPages(mappings[0].Address, (ulong)mappings.Length);
        InvalidationRange change = new(range, InvalidationEvent.Clear, area, Memory.Reclaim);
        try
        {
            using (Begin(HookSite.SwapOut, in change))
            {
                RevokeWithinBracket(area, sequence, mappings, pages);
            }

            TellLate(HookSite.SwapOut, HookPlacement.AfterChange, in change);
        }
        finally
        {
            foreach (ref MappedPage mapping in mappings)
            {
                if (mapping.IsRevoked)
                {
                    Memory.Put(pages[mapping.Page].Frame);
                }
            }
        }

        TellLate(HookSite.SwapOut, HookPlacement.AfterFree, in change);
    }

    private void RevokeWithinBracket(Area area, long sequence, Span<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        while (!mappings.IsEmpty)
        {
            VirtualAddress first = mappings[0].Address;
            LeafTable leaf = _table.Find(first);
            int count = (int)Math.Min((ulong)mappings.Length, LeafTable.Entries - (first.PageNumber % LeafTable.Entries));
            if (!leaf.IsNull)
            {
                RevokeWithinLeaf(leaf, area, sequence, mappings[..count], pages);
            }

            mappings = mappings[count..];
        }
    }

    private void RevokeWithinLeaf(
        LeafTable leaf, Area area, long sequence, Span<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        leaf.Lock();
        if (MapChangedSince(sequence) || !leaf.BelongsTo(_table, mappings[0].Address))
        {
            leaf.Unlock();
            return;
        }

        foreach (ref MappedPage mapping in mappings)
        {
            mapping.IsRevoked = TryRevoke(leaf, area, mapping.Address, in pages[mapping.Page]);
        }

        FinishRevocation(leaf, AddressRange.FromPages(mappings[0].Address, (ulong)mappings.Length), HookSite.SwapOut);
    }

    private bool TryRevoke(LeafTable leaf, Area area, VirtualAddress address, in EvictedPage page)
    {
        int index = LeafTable.IndexOf(address);
        Pte pte = leaf.Read(index);
        FrameNumber frame = page.Frame;
        bool isTheirs = pte.IsPresent && !pte.IsSpecial && pte.Frame == frame && pte.IsObject == page.Target is not null;
        if (!isTheirs || Frames.Pins(frame) > 0)
        {
            return false;
        }

        if (pte.IsDirty)
        {
            Frames.MarkDirty(frame);
        }

        Pte left;
        if (page.Target is not null)
        {
            left = PageOffsetToKeep(area, address, pte);
        }
        else if (!TryLeave(area, in page, pte, out left))
        {
            return false;
        }

        if (pte.IsAccessed)
        {
            Frames.Mark(frame, FrameFlags.Young);
        }

        Revoke(leaf, index, left);
        Frames.MappingBecomesReference(frame);
        return true;
    }

    /// <summary>
    /// Whether a mapping of a private page may go, and what takes its place, which holds the slot then. Under the leaf's lock nobody comes to an exclusive page
    /// or pins it; to a shared one only readers can.
    /// </summary>
    private bool TryLeave(Area area, in EvictedPage page, Pte pte, out Pte left)
    {
        left = Pte.None;
        FrameNumber frame = page.Frame;

        // The mapping's reference, the eviction's, and the swap cache's.
        bool isWriting = page.State == EvictedPageState.Writing;
        FrameCounts counts = Frames.Counts(frame);
        bool isAlone = counts.Mappings == 1 && counts.References == (isWriting ? 3 : 2);
        bool isDroppable = page.State == EvictedPageState.Droppable && isAlone && !Frames.Has(frame, FrameFlags.Dirty);
        if (!area.IsPrivate || (isWriting ? pte.IsExclusive && !isAlone : !isDroppable))
        {
            return false;
        }

        if (isWriting)
        {
            Memory.Swap.AddReference(page.Entry);
            left = pte.ForSwap(page.Entry);
        }

        return true;
    }
}
