namespace MmuNotifiers.Primary;

/// <summary>Pages of 2 MiB: one pte over 512 frames side by side, where 512 ptes over scattered frames were.</summary>
/// <remarks>
/// The one pte lies in the header of the leaf table that it stands for, as in Linux the table stays deposited under a huge page; the
/// entries of the table only say that. So a walk is what it always was, and who finds such an entry looks into the header. Only private
/// anonymous memory gets huge pages; each belongs to one mapping: whatever gives a part of it another fate splits it first.
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>How many huge pages are mapped. Guarded by the map lock.</summary>
    private int _hugePages;

    /// <summary>MADV_COLLAPSE: evicted pages come in first, as in Linux; one that is evicted again meanwhile makes its block EAGAIN.</summary>
    private Errno CollapseAreas(AddressRange range)
    {
        SwapInPages(range);
        return AdviseAreas(range, Advice.Collapse);
    }

    /// <summary>MADV_COLLAPSE, one area's part: every whole 2 MiB in it becomes a huge page. The map lock is held.</summary>
    /// <returns>None; EINVAL (not private anonymous memory, no whole 2 MiB in the area, huge pages not wanted); ENOMEM (no 512 free frames side by side);
    /// EAGAIN (a page is pinned, evicted, a guard, or a device's own; or the address space was reaped, so that an empty page is not one of zeroes).</returns>
    private Errno CollapsePages(Area area, AddressRange part)
    {
        AddressRange possible = WholeLeaves(area.Range);
        if (!area.IsAnonymous || area.IsShared || area.Has(AreaFlags.FrameMap | AreaFlags.NoHugePages) || possible.IsEmpty)
        {
            return Errno.EINVAL;
        }

        Errno result = Errno.None;
        AddressRange within = WholeLeaves(part);
        if (!within.IsEmpty)
        {
            EnsureFamily(area);
        }

        for (VirtualAddress block = within.Start; block < within.End; block += LeafTable.SpanBytes)
        {
            Errno refused = CollapseBlock(area, AddressRange.FromLength(block, LeafTable.SpanBytes));
            result = refused == Errno.None ? result : refused;
        }

        return result;
    }

    private static AddressRange WholeLeaves(AddressRange range)
    {
        ulong start = (range.Start.Value + LeafTable.SpanBytes - 1) & ~(LeafTable.SpanBytes - 1);
        ulong end = range.End.Value & ~(LeafTable.SpanBytes - 1);
        return start < end ? new AddressRange(new VirtualAddress(start), new VirtualAddress(end)) : default;
    }

    /// <summary>Collapses the pages of one leaf.</summary>
    /// <remarks>
    /// The bracket covers all 2 MiB, before the first pte goes (PROTOCOL B10: without it a device goes on with the small pages, which are
    /// freed). While the pages are on their way a fault waits for the map lock, as in a migration:
    /// <code>
    ///   collapse                                            fault, device
    ///   map lock; bracket                              ->   devices drop their translations; refills retry
    ///   lock leaf; nothing pinned? all ptes = on their way; unlock
    ///   copy                                                fault finds a page on its way: waits for the map lock
    ///   lock leaf; huge pte; unlock
    ///   bracket end; map lock is left                       fault starts over, finds the huge page
    ///   drop the old frames
    /// </code>
    /// </remarks>
    private Errno CollapseBlock(Area area, AddressRange block)
    {
        LeafTable leaf = _table.Ensure(block.Start);
        if (leaf.IsHuge)
        {
            return Errno.None;
        }

        if (!MayCollapse(leaf))
        {
            return Errno.EAGAIN;
        }

        if (!Memory.TryAllocateBlock(out FrameNumber first))
        {
            return Errno.ENOMEM;
        }

        Pte[] taken = new Pte[LeafTable.Entries];
        bool collapsed = false;
        InvalidationRange change = new(block, InvalidationEvent.Clear, area);
        try
        {
            using InvalidationScope bracket = Begin(HookSite.Collapse, in change);
            collapsed = TryTakeForCollapse(leaf, taken);
            if (collapsed)
            {
                CopyToBlock(taken, first);
                MapHuge(leaf, area, first);
            }
        }
        finally
        {
            TellLate(HookSite.Collapse, HookPlacement.AfterChange, in change);
            FreeAfterCollapse(taken, first, collapsed);
        }

        TellLate(HookSite.Collapse, HookPlacement.AfterFree, in change);

        return collapsed ? Errno.None : Errno.EAGAIN;
    }

    /// <summary>Every entry must be empty, or show the zero page or a private page that nobody pinned. Reliable under the leaf's lock.</summary>
    private bool MayCollapse(LeafTable leaf)
    {
        if (IsReaped)
        {
            return false;
        }

        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = leaf.Read(index);
            bool isFit = pte.IsNone || (pte.IsPresent && (pte.IsSpecial || Frames.Pins(pte.Frame) == 0));
            if (!isFit)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTakeForCollapse(LeafTable leaf, Span<Pte> taken)
    {
        leaf.Lock();
        if (!MayCollapse(leaf))
        {
            leaf.Unlock();
            return false;
        }

        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = leaf.Read(index);
            taken[index] = pte;
            Revoke(leaf, index, Pte.Migration);
            if (pte.IsPresent && !pte.IsSpecial)
            {
                Frames.MappingBecomesReference(pte.Frame);
            }
        }

        FinishRevocation(leaf, leaf.Range, HookSite.Collapse);
        return true;
    }

    private void CopyToBlock(ReadOnlySpan<Pte> taken, FrameNumber first)
    {
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = taken[index];
            FrameNumber frame = new(first.Value + (ulong)index);
            if (pte.IsPresent && !pte.IsSpecial)
            {
                Memory.Copy(pte.Frame, frame);
            }
            else
            {
                Memory.Zero(frame);
            }
        }
    }

    /// <summary>The huge page counts as written, as in Linux: its one dirty bit speaks for 512 pages.</summary>
    private void MapHuge(LeafTable leaf, Area area, FrameNumber first)
    {
        AnonymousFamily family = area.Family!;
        ulong offset = area.PageOffsetOf(leaf.Range.Start);
        for (ulong page = 0; page < LeafTable.Entries; page++)
        {
            FrameNumber frame = new(first.Value + page);
            Frames.SetOwner(frame, family, offset + page, FrameFlags.Anonymous | FrameFlags.Dirty);
            Frames.BecomeMapped(frame);
        }

        Pte huge = Pte.Present(first, LoadedRights(area, writable: true)).Exclusive().Used(AccessRights.Write);
        leaf.Lock();
        leaf.LoadHuge(huge);
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            leaf.Load(index, Pte.InHugePage);
        }

        leaf.Unlock();
        _hugePages++;
    }

    private void FreeAfterCollapse(ReadOnlySpan<Pte> taken, FrameNumber first, bool collapsed)
    {
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = taken[index];
            if (!collapsed)
            {
                Memory.Put(new FrameNumber(first.Value + (ulong)index));
            }
            else if (pte.IsPresent && !pte.IsSpecial)
            {
                Memory.Put(pte.Frame);
            }
        }
    }

    /// <summary>Splits the huge pages of which a range has a part. The map lock is held, no leaf lock.</summary>
    private void SplitHugePages(AddressRange range)
    {
        if (_hugePages == 0)
        {
            return;
        }

        for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
        {
            if (leaf.IsHuge)
            {
                Split(leaf);
            }
        }
    }

    /// <summary>Splits the huge page at an address, if there is one. No lock is held.</summary>
    private void SplitHugePage(VirtualAddress page)
    {
        LeafTable leaf = _table.Find(page);
        if (!leaf.IsNull && leaf.Read(LeafTable.IndexOf(page)).IsInHugePage)
        {
            using MapLockScope held = LockMap();
            SplitHugePages(AddressRange.OfPage(page));
        }
    }

    /// <summary>
    /// 512 ptes take the place of one, over the same frames and with the same rights. Subscribers are told all the same, for all 2 MiB: their
    /// large translations speak for pages whose fates part now.
    /// </summary>
    private void Split(LeafTable leaf)
    {
        InvalidationRange change = new(leaf.Range, InvalidationEvent.Clear, FindArea(leaf.Range.Start));
        using (Begin(HookSite.Split, in change))
        {
            leaf.Lock();
            SplitLocked(leaf);
            FinishRevocation(leaf, change.Range, HookSite.Split);
        }

        FinishChange(HookSite.Split, in change);
    }

    /// <summary>The entries of a huge page's leaf become ptes again. The map lock and the leaf's are held, a bracket covers the leaf.</summary>
    private void SplitLocked(LeafTable leaf)
    {
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Revoke(leaf, index, leaf.Translate(index));
        }

        leaf.LoadHuge(Pte.None);
        _hugePages--;
    }

    /// <summary>
    /// A fault on a huge page. If the page does not allow what the area does (an mprotect that has not reached it yet), it is split, and
    /// the fault starts over with a small page.
    /// </summary>
    private bool TryFaultHugePage(in Fault fault, LeafTable leaf, out AccessResult result)
    {
        result = AccessResult.Of(FaultKind.Spurious);
        if (TryMarkUsed(leaf, fault.Page, fault.Access))
        {
            return true;
        }

        SplitHugePage(fault.Page);
        return false;
    }
}
