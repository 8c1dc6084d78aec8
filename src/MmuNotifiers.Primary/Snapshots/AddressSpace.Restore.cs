namespace MmuNotifiers.Primary;

/// <summary>An address space as a snapshot describes it.</summary>
public sealed partial class AddressSpace
{
    /// <summary>What <see cref="Layout"/> shows of flags.</summary>
    internal static AreaKinds ShownKinds(AreaFlags flags) => (AreaKinds)(flags & ShownFlags);

    /// <summary>Makes this address space, which is new, what a snapshot describes; its pages are those of a swap area.</summary>
    /// <param name="image">The snapshot, which was checked.</param>
    /// <param name="objects">Its objects, by number.</param>
    /// <param name="swapArea">The swap area with the pages.</param>
    /// <exception cref="SnapshotException">It does not fit into bounds or limits.</exception>
    internal void Restore(SnapshotImage image, MemoryObject[] objects, int swapArea)
    {
        using MapLockScope held = LockMap();
        CheckFits(image);
        ObjectHandle[] handles = [.. image.Handles.Select(saved => new ObjectHandle(objects[saved.Object], saved.Access))];
        Dictionary<uint, AnonymousFamily> families = [];
        Dictionary<uint, object> lineages = [];
        BeginMapChange();
        foreach (SavedArea saved in image.Areas)
        {
            InsertArea(new Area
            {
                Range = saved.Range,
                Rights = saved.Rights,
                Flags = saved.Flags,
                PageOffset = saved.PageOffset,
                Handle = saved.Handle == SnapshotFormat.None ? null : handles[saved.Handle],
                Family = saved.HasPages ? FamilyOf(families, in saved) : null,
                Lineage = saved.Lineage == SnapshotFormat.None ? null : LineageOf(lineages, saved.Lineage),
            });
        }

        EndMapChange();
        _heapStart = image.HeapStart;
        _heapEnd = image.HeapEnd;
        _locksNewMappings = image.LocksNewMappings;
        RestoreSoftDirty(image);
        foreach (PageRun run in image.Runs)
        {
            if (run.Owner == SnapshotFormat.None)
            {
                RestorePages(in run, swapArea);
            }
        }
    }

    private void CheckFits(SnapshotImage image)
    {
        ulong mapped = 0;
        ulong locked = 0;
        foreach (SavedArea area in image.Areas)
        {
            mapped += area.Range.LengthBytes;
            locked += (area.Flags & AreaFlags.Locked) != 0 ? area.Range.LengthBytes : 0;
            if (area.Range.Start < _options.Bounds.Start || area.Range.End > _options.Bounds.End)
            {
                throw new SnapshotException($"the area {area.Range} does not lie within the bounds {_options.Bounds} of the address space");
            }
        }

        ThrowIfAbove((ulong)image.Areas.Count, (ulong)_options.MaxAreas + 1, "areas");
        ThrowIfAbove(mapped, _options.MaxAddressSpaceBytes, "mapped bytes");
        ThrowIfAbove(locked, _options.MaxLockedBytes, "locked bytes");
    }

    private static void ThrowIfAbove(ulong count, ulong limit, string what)
    {
        if (count > limit)
        {
            throw new SnapshotException($"the snapshot has {count} {what}, and the address space may have {limit}");
        }
    }

    private static AnonymousFamily FamilyOf(Dictionary<uint, AnonymousFamily> families, in SavedArea area)
    {
        if (!families.TryGetValue(area.Family, out AnonymousFamily? family))
        {
            family = new AnonymousFamily();
            families.Add(area.Family, family);
        }

        return family;
    }

    private static object LineageOf(Dictionary<uint, object> lineages, uint number)
    {
        if (!lineages.TryGetValue(number, out object? lineage))
        {
            lineage = new object();
            lineages.Add(number, lineage);
        }

        return lineage;
    }

    private void RestoreSoftDirty(SnapshotImage image)
    {
        _softDirtyCleared = image.TracksSoftDirty ? new AddressRangeSet() : null;
        foreach (AddressRange range in image.SoftDirtyCleared)
        {
            _softDirtyCleared!.Add(range);
        }
    }

    private void RestorePages(in PageRun run, int swapArea)
    {
        _hasGuards |= run.Kind == PageRunKind.Guard;
        for (ulong done = 0; done < run.Pages;)
        {
            LeafTable leaf = _table.Ensure(VirtualAddress.OfPage(run.FirstPage + done));
            ulong end = Math.Min(run.Pages, done + (leaf.Range.End.PageNumber - (run.FirstPage + done)));
            leaf.Lock();
            for (; done < end; done++)
            {
                leaf.Load(LeafTable.IndexOf(VirtualAddress.OfPage(run.FirstPage + done)), RestoredPte(run.Kind, run.Value + done, swapArea));
            }

            leaf.Unlock();
        }
    }

    private Pte RestoredPte(PageRunKind kind, ulong value, int swapArea)
    {
        switch (kind)
        {
            case PageRunKind.Guard:
                return Pte.Guard;
            case PageRunKind.Nonlinear:
                return Pte.Nonlinear(value);
            default:
                SwapEntry entry = new(swapArea, (long)value);
                Memory.Swap.AddFirstReference(entry);
                return Pte.NotPresent(PteKind.Swap, entry.Value);
        }
    }
}
