namespace MmuNotifiers.Primary;

/// <summary>What a snapshot says of an address space.</summary>
public sealed partial class AddressSpace
{
    /// <summary>Describes everything but the pages.</summary>
    /// <param name="image">Receives the description.</param>
    /// <param name="options">What is to be done about files and shared memory.</param>
    /// <exception cref="SnapshotException">There is something that cannot be saved.</exception>
    internal SnapshotContents Describe(SnapshotImage image, SnapshotSaveOptions options)
    {
        using MapLockScope held = LockMap();
        SnapshotNumbering numbering = new(image, options);
        List<Area> areas = [.. _areas.All()];
        foreach (Area area in areas)
        {
            image.Areas.Add(numbering.Describe(area));
        }

        image.HeapStart = _heapStart;
        image.HeapEnd = _heapEnd;
        image.LocksNewMappings = _locksNewMappings;
        image.TracksSoftDirty = _softDirtyCleared is not null;
        return new SnapshotContents(
            areas, numbering.Objects, _softDirtyCleared is null ? new AddressRangeSet() : new AddressRangeSet(_softDirtyCleared));
    }

    /// <summary>
    /// Takes pages, which a snapshot must know of, out of an address space that nobody uses: those of the next leaf table. Pages of objects that
    /// lie where the area says stay, and so do guards and nonlinear entries.
    /// </summary>
    /// <param name="area">The area.</param>
    /// <param name="position">Where to go on; moves on.</param>
    /// <param name="taken">Receives them.</param>
    /// <returns>False if nothing was left.</returns>
    internal bool TakePages(Area area, ref VirtualAddress position, List<TakenPage> taken)
    {
        using MapLockScope held = LockMap();
        AddressRange rest = new(position, area.Range.End);
        LeafTable leaf = rest.IsEmpty ? default : _table.First(rest);
        if (leaf.IsNull)
        {
            return false;
        }

        AddressRange part = leaf.Range.Intersect(rest);
        using (Begin(HookSite.Discard, InvalidationEvent.Clear, part, area))
        {
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End && leaf.Used > 0; page += Page.SizeBytes)
            {
                TakePage(leaf, page, area, taken);
            }

            leaf.EndRevocation();
            leaf.Unlock();
        }

        position = part.End;
        return true;
    }

    private void TakePage(LeafTable leaf, VirtualAddress page, Area area, List<TakenPage> taken)
    {
        int index = LeafTable.IndexOf(page);
        Pte pte = leaf.Read(index);
        if (pte.IsGuard || pte.Kind == PteKind.Nonlinear)
        {
            taken.Add(new TakenPage(page.PageNumber, pte, IsMerged: false));
        }
        else if (pte.IsSwap)
        {
            Revoke(leaf, index, Pte.None);
            taken.Add(new TakenPage(page.PageNumber, pte, IsMerged: false));
        }
        else if (pte.IsPresent && !pte.IsSpecial)
        {
            FrameFlags flags = Frames.Flags(pte.Frame);
            if ((flags & FrameFlags.Anonymous) != 0)
            {
                Revoke(leaf, index, Pte.None);
                Frames.MappingBecomesReference(pte.Frame);
                taken.Add(new TakenPage(page.PageNumber, pte, (flags & FrameFlags.Merged) != 0));
            }
            else if (PageOffsetToKeep(area, page, pte) is { IsNone: false } nonlinear)
            {
                taken.Add(new TakenPage(page.PageNumber, nonlinear, IsMerged: false));
            }
        }
    }
}
