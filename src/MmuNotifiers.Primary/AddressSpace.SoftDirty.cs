namespace MmuNotifiers.Primary;

/// <summary>Which pages were written since somebody last asked: what a checkpoint or a live migration copies again.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Addresses that were mapped when soft-dirty was last cleared, and whose pages did not go since: for them the ptes tell. Null
    /// until it is cleared for the first time. Guarded by the map lock.
    /// </summary>
    private AddressRangeSet? _softDirtyCleared;

    /// <summary>
    /// Forgets which pages of a range were written (/proc/PID/clear_refs): from now on the first store to each is noticed, whoever
    /// stores. The ptes lose write permission inside one bracket; the next store is a fault that copies nothing. May block.
    /// </summary>
    /// <param name="range">Page aligned; may span areas and holes. What lies outside the address space does not matter.</param>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    /// <remarks>Pinned pages stay soft-dirty: who holds a pin writes without a pte. Frames that belong to nobody here are not tracked.</remarks>
    public void ClearSoftDirty(AddressRange range)
    {
        AddressRange within = Within(range);
        if (within.IsEmpty)
        {
            return;
        }

        using MapLockScope held = LockMap();
        InvalidationRange change = DescribeWithoutArea(InvalidationEvent.SoftDirty, within);
        using (Begin(HookSite.SoftDirty, in change))
        {
            ClearSoftDirtyLocked(within);
        }

        FinishChange(HookSite.SoftDirty, in change);
    }

    /// <summary>
    /// The pages of a range that were written since <see cref="ClearSoftDirty"/>, or that may show something else than then: mapped,
    /// moved or discarded since (bit 55 of /proc/PID/pagemap). Every mapped page, if it was never called.
    /// </summary>
    /// <param name="range">Page aligned; may span areas and holes.</param>
    /// <returns>Ranges in ascending order, none next to another. What is stored meanwhile may be missing.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    public IReadOnlyList<AddressRange> SoftDirtyPages(AddressRange range)
    {
        AddressRange within = Within(range);
        AddressRangeSet dirty = new();
        using MapLockScope held = LockMap();
        foreach (Area area in AreasIn(within))
        {
            dirty.Add(area.Range.Intersect(within));
        }

        foreach (AddressRange cleared in _softDirtyCleared?.Ranges ?? [])
        {
            AddressRange part = cleared.Intersect(within);
            dirty.Remove(part);
            AddSoftDirtyPtes(part, dirty);
        }

        return dirty.Ranges;
    }

    private void ClearSoftDirtyLocked(AddressRange within)
    {
        _softDirtyCleared ??= new AddressRangeSet();
        foreach (Area area in AreasIn(within))
        {
            AddressRange part = area.Range.Intersect(within);
            if (!area.Has(AreaFlags.FrameMap))
            {
                ChangePtes(HookSite.SoftDirty, area, part, static (space, _, pte) =>
                    pte.IsSpecial || space.Frames.Pins(pte.Frame) == 0 ? pte.NotSoftDirty().WithoutWrite() : pte);
                ClearSoftDirtySwapped(part);
                _softDirtyCleared.Add(part);
            }
        }
    }

    /// <summary>Evicted pages forget that they were written, too. Nobody translates them.</summary>
    private void ClearSoftDirtySwapped(AddressRange range)
    {
        if (!Memory.Swap.IsInUse)
        {
            return;
        }

        for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
        {
            AddressRange part = leaf.Range.Intersect(range);
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                Pte pte = leaf.Read(LeafTable.IndexOf(page));
                if (pte.IsSwap)
                {
                    leaf.Load(LeafTable.IndexOf(page), pte.NotSoftDirty());
                }
            }

            leaf.Unlock();
        }
    }

    /// <summary>The pages of a range go, or come to show something else: to those who track them they count as written. The map lock is held.</summary>
    private void CountAsWritten(AddressRange range) => _softDirtyCleared?.Remove(range);

    /// <summary>
    /// fork: what was not written since the parent's pages were last cleared was not written in the child. Both map locks are held. A child faults
    /// shared pages in for itself; a copy to be saved must know which of them the parent's ptes call written.
    /// </summary>
    private void InheritSoftDirty(AddressSpace parent, ForkMode mode)
    {
        if (parent._softDirtyCleared is not { } cleared)
        {
            return;
        }

        _softDirtyCleared = new AddressRangeSet(cleared);
        AddressRangeSet written = new();
        foreach (Area area in _areas.All())
        {
            if (mode == ForkMode.Child && area.Has(AreaFlags.WipeOnFork))
            {
                written.Add(area.Range);
            }
            else if (mode == ForkMode.Snapshot && area.IsShared)
            {
                parent.AddSoftDirtyPtes(area.Range, written);
            }
        }

        foreach (AddressRange range in written.Ranges)
        {
            CountAsWritten(range);
        }
    }

    private void AddSoftDirtyPtes(AddressRange range, AddressRangeSet dirty)
    {
        for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
        {
            AddressRange part = leaf.Range.Intersect(range);
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                Pte pte = leaf.Translate(LeafTable.IndexOf(page));
                if ((pte.HoldsFrame || pte.IsSwap) && pte.IsSoftDirty)
                {
                    dirty.Add(AddressRange.OfPage(page));
                }
            }

            leaf.Unlock();
        }
    }

    /// <summary>The part of a range that lies in the address space.</summary>
    private AddressRange Within(AddressRange range)
    {
        AddressRange within = range.Intersect(_options.Bounds);
        return within.IsPageAligned ? within : throw new ArgumentException($"The range {range} must be page aligned.", nameof(range));
    }
}
