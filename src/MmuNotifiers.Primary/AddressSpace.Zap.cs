namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Clears the ptes of addresses that have left the areas. The map lock is held; one bracket covers the whole range.
    /// </summary>
    /// <param name="range">What was unmapped; may span several former areas and holes.</param>
    /// <param name="areas">The former areas that had a part in the range, ascending; empty where nobody asks.</param>
    internal void UnmapPages(AddressRange range, List<Area> areas)
    {
        InvalidationRange change = areas.Count == 1
            ? new InvalidationRange(range, InvalidationEvent.Unmap, areas[0])
            : new InvalidationRange(range, InvalidationEvent.Unmap, areas);
        Zap(HookSite.Unmap, in change, area: null, ZapMode.Everything);
        FreeUnusedLeaves(range);
    }

    /// <summary>MADV_DONTNEED: the pages of a part of an area go, the area stays. The map lock is held.</summary>
    internal void DiscardPages(Area area, AddressRange range) =>
        Zap(HookSite.Discard, new InvalidationRange(range, InvalidationEvent.Clear, area), area, ZapMode.PagesOnly);

    /// <summary>MADV_GUARD_INSTALL: the pages go, and every later access is a SIGSEGV. The map lock is held.</summary>
    internal void InstallGuards(Area area, AddressRange range)
    {
        _hasGuards = true;
        SplitHugePages(range);
        CountAsWritten(range);
        FrameGather gather = FrameGather.Rent();
        InvalidationRange change = new(range, InvalidationEvent.Clear, area);
        using (Begin(HookSite.Guard, in change))
        {
            for (VirtualAddress page = range.Start; page < range.End;)
            {
                LeafTable leaf = _table.Ensure(page);
                AddressRange part = leaf.Range.Intersect(range);
                leaf.Lock();
                ZapLocked(leaf, part, ZapMode.Everything, gather);
                for (VirtualAddress guard = part.Start; guard < part.End; guard += Page.SizeBytes)
                {
                    leaf.Load(LeafTable.IndexOf(guard), Pte.Guard);
                }

                FinishRevocation(leaf, part, HookSite.Guard);
                page = part.End;
            }
        }

        FinishChange(HookSite.Guard, in change, gather);
    }

    /// <summary>MADV_GUARD_REMOVE: accesses fault pages in again. Nobody translates a guard, so nobody is told. The map lock is held.</summary>
    internal void RemoveGuards(Area area, AddressRange range)
    {
        AddressRange within = range.Intersect(area.Range);
        for (LeafTable leaf = _table.First(within); !leaf.IsNull; leaf = NextLeaf(leaf, within))
        {
            AddressRange part = leaf.Range.Intersect(within);
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                int index = LeafTable.IndexOf(page);
                if (leaf.Read(index).IsGuard)
                {
                    leaf.Revoke(index, Pte.None);
                }
            }

            leaf.Unlock();
        }
    }

    /// <summary>remap_file_pages: the range comes to show other pages of the object. The area is nonlinear. The map lock is held.</summary>
    internal void RemapNonlinear(Area area, AddressRange range, ulong objectPageOffset)
    {
        CountAsWritten(range);
        FrameGather gather = FrameGather.Rent();
        InvalidationRange change = new(range, InvalidationEvent.Clear, area);
        using (Begin(HookSite.RemapPages, in change))
        {
            for (VirtualAddress page = range.Start; page < range.End;)
            {
                LeafTable leaf = _table.Ensure(page);
                AddressRange part = leaf.Range.Intersect(range);
                leaf.Lock();
                ZapLocked(leaf, part, ZapMode.Everything, gather);
                for (; page < part.End; page += Page.SizeBytes)
                {
                    ulong offset = objectPageOffset + (page.PageNumber - range.Start.PageNumber);
                    if (offset != area.PageOffsetOf(page))
                    {
                        leaf.Load(LeafTable.IndexOf(page), Pte.Nonlinear(offset));
                    }
                }

                FinishRevocation(leaf, part, HookSite.RemapPages);
            }
        }

        FinishChange(HookSite.RemapPages, in change, gather);
    }

    /// <summary>
    /// An object lost pages. The map lock of this address space is held, no lock of the object.
    /// </summary>
    /// <param name="target">The object.</param>
    /// <param name="area">An area of this address space that maps it.</param>
    /// <param name="firstPage">The first page of the object that is gone.</param>
    /// <param name="pages">How many are gone.</param>
    /// <param name="scope">Whether private copies of those pages go too.</param>
    internal void UnmapObjectPages(MemoryObject target, Area area, ulong firstPage, ulong pages, ObjectUnmapScope scope)
    {
        ObjectPageRange gone = new(target, firstPage, pages, scope);
        AddressRange range = area.Has(AreaFlags.Nonlinear) ? area.Range : gone.LinearRangeIn(area);
        if (range.IsEmpty)
        {
            return;
        }

        CountAsWritten(range);
        FrameGather gather = FrameGather.Rent();
        InvalidationRange change = new(range, InvalidationEvent.Clear, area);
        using (Begin(HookSite.ObjectUnmap, in change))
        {
            for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
            {
                AddressRange part = leaf.Range.Intersect(range);
                leaf.Lock();
                for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
                {
                    Pte pte = leaf.Read(LeafTable.IndexOf(page));
                    if ((pte.HoldsFrame || pte.IsSwap) && gone.Contains(Frames, pte, area.PageOffsetOf(page)))
                    {
                        ZapEntry(leaf, LeafTable.IndexOf(page), pte, PageOffsetToKeep(area, page, pte), gather);
                    }
                }

                FinishRevocation(leaf, part, HookSite.ObjectUnmap);
            }
        }

        FinishChange(HookSite.ObjectUnmap, in change, gather);
    }

    private void Zap(HookSite site, scoped in InvalidationRange change, Area? area, ZapMode mode)
    {
        AddressRange range = change.Range;
        SplitHugePages(range);
        CountAsWritten(range);
        FrameGather? gather = null;
        using (Begin(site, in change))
        {
            for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
            {
                AddressRange part = leaf.Range.Intersect(range);
                leaf.Lock();
                if (leaf.Used > 0)
                {
                    gather ??= FrameGather.Rent();
                    ZapLocked(leaf, part, mode, gather, area);
                    FinishRevocation(leaf, part, site);
                }
                else
                {
                    leaf.Unlock();
                }
            }
        }

        FinishChange(site, in change, gather);
    }

    /// <summary>The address space is going: nobody is subscribed and nobody faults any more.</summary>
    /// <param name="mapped">From the first area that there was to the last.</param>
    private void FreeAllPages(AddressRange mapped) =>
        Zap(HookSite.Release, new InvalidationRange(mapped, InvalidationEvent.Unmap), area: null, ZapMode.Everything);

    private void ZapLocked(LeafTable leaf, AddressRange part, ZapMode mode, FrameGather gather, Area? area = null)
    {
        int end = LeafTable.IndexOf(part.Start) + (int)part.Pages;
        for (int index = LeafTable.IndexOf(part.Start); index < end && leaf.Used > 0; index++)
        {
            Pte pte = leaf.Read(index);
            if (pte.IsNone || (mode == ZapMode.PagesOnly && !pte.HoldsFrame && !pte.IsSwap))
            {
                continue;
            }

            VirtualAddress page = leaf.Range.Start + ((ulong)index << Page.Shift);
            ZapEntry(leaf, index, pte, mode == ZapMode.PagesOnly ? PageOffsetToKeep(area, page, pte) : Pte.None, gather);
        }
    }

    /// <summary>Clears one pte; its frame's reference or its hold on a swap slot goes to the gather, its dirty bit to the frame.</summary>
    private void ZapEntry(LeafTable leaf, int index, Pte pte, Pte left, FrameGather gather)
    {
        Revoke(leaf, index, left);
        if (pte.IsSwap)
        {
            gather.Add(pte.SwapEntry);
            return;
        }

        if (!pte.HoldsFrame || pte.IsSpecial)
        {
            return;
        }

        if (pte.IsDirty)
        {
            Frames.MarkDirty(pte.Frame);
        }

        if (pte.IsAccessed)
        {
            Frames.Mark(pte.Frame, FrameFlags.Young);
        }

        Frames.MappingBecomesReference(pte.Frame);
        gather.Add(pte.Frame);
    }

    /// <summary>
    /// What remains of a page that goes while its area stays: a nonlinear mapping keeps the offset of a page that lies elsewhere
    /// than the area says. The page offset of a private copy is its linear one, so its nonlinear one is lost with it, as in Linux.
    /// </summary>
    private Pte PageOffsetToKeep(Area? area, VirtualAddress page, Pte pte)
    {
        if (area is null || !area.Has(AreaFlags.Nonlinear) || pte.IsSwap || pte.IsSpecial || Frames.Has(pte.Frame, FrameFlags.Anonymous))
        {
            return Pte.None;
        }

        ulong offset = Frames.Index(pte.Frame);
        return offset == area.PageOffsetOf(page) ? Pte.None : Pte.Nonlinear(offset);
    }

    /// <summary>Makes revocations known to those who read without the lock and to caches over the table, and leaves the lock.</summary>
    private void FinishRevocation(LeafTable leaf, AddressRange part, HookSite site)
    {
        leaf.EndRevocation();
        FlushUnderLeafLock(site, part, leaf);
        leaf.Unlock();
    }

    /// <summary>Frees the leaf tables that translated addresses of a range, where no area is left in their reach. The map lock is held.</summary>
    private void FreeUnusedLeaves(AddressRange range)
    {
        for (LeafTable leaf = _table.First(range); !leaf.IsNull;)
        {
            AddressRange reach = leaf.Range;
            if (_areas.FirstEndingAbove(reach.Start) is not { } area || area.Range.Start >= reach.End)
            {
                leaf.Lock();
                _table.Remove(leaf);
            }

            leaf = reach.End < range.End ? _table.First(new AddressRange(reach.End, range.End)) : default;
        }
    }

    private LeafTable NextLeaf(LeafTable leaf, AddressRange range)
    {
        VirtualAddress next = leaf.Range.End;
        return next < range.End ? _table.First(new AddressRange(next, range.End)) : default;
    }
}
