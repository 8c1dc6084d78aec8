namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Lets a caller decide for each page of a range what happens to its pte, with no area at hand: apply_to_page_range. One bracket
    /// covers the range, whatever lies in it; subscribers are told no area.
    /// </summary>
    /// <param name="range">The pages, page aligned. Pages without a translation are shown too, where a leaf table exists.</param>
    /// <param name="decide">Called under a leaf's lock: must not block and must not call this address space.</param>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    public void ApplyToPageRange(AddressRange range, Func<VirtualAddress, PageState, PageAction> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        if (!range.IsPageAligned)
        {
            throw new ArgumentException($"The range {range} must be page aligned.", nameof(range));
        }

        FrameGather gather = FrameGather.Rent();
        using (_mapLock.EnterScope())
        {
            SplitHugePages(range);
            InvalidationRange change = DescribeWithoutArea(InvalidationEvent.Clear, range);
            using (Begin(HookSite.ApplyToPageRange, in change))
            {
                ApplyToPtes(range, decide, gather);
            }

            FinishChange(HookSite.ApplyToPageRange, in change, gather);
        }
    }

    /// <summary>
    /// The bracket of a change that no area is at hand for. Where somebody is attached to areas they are looked up, for him and at
    /// his cost; else they are not.
    /// </summary>
    private InvalidationRange DescribeWithoutArea(InvalidationEvent reason, AddressRange range)
    {
        if (!WantsAreas)
        {
            return new InvalidationRange(range, reason);
        }

        List<Area> areas = [.. AreasIn(range)];
        CountAreaLookUps(Math.Max(areas.Count, 1));
        return areas.Count == 0
            ? new InvalidationRange(range, reason)
            : new InvalidationRange(range, reason, areas);
    }

    private void ApplyToPtes(AddressRange range, Func<VirtualAddress, PageState, PageAction> decide, FrameGather gather)
    {
        for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
        {
            AddressRange part = leaf.Range.Intersect(range);
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                int index = LeafTable.IndexOf(page);
                Pte pte = leaf.Read(index);
                Apply(leaf, index, pte, decide(page, PageState.Of(pte)), gather);
            }

            FinishRevocation(leaf, part, HookSite.ApplyToPageRange);
        }
    }

    private void Apply(LeafTable leaf, int index, Pte pte, PageAction action, FrameGather gather)
    {
        if (!pte.IsPresent)
        {
            return;
        }

        switch (action)
        {
            case PageAction.Clear:
                ZapEntry(leaf, index, pte, Pte.None, gather);
                break;
            case PageAction.WriteProtect when pte.IsWritable:
                Revoke(leaf, index, pte.WithoutWrite());
                break;
            case PageAction.MakeOld when pte.IsAccessed:
                leaf.Load(index, pte.Old());
                break;
        }
    }
}
