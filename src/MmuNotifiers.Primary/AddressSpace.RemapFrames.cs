namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Maps frames that belong to somebody else (a device, a hypervisor) into a part of an area: remap_pfn_range. The ptes hold no
    /// references; whoever owns the frames unmaps them here before it frees them. What was mapped there goes, under a bracket
    /// that the caller need not know an area for; subscribers of a prefetching kind hear of the new translations.
    /// </summary>
    /// <param name="start">The first page, page aligned.</param>
    /// <param name="frames">One frame for each page.</param>
    /// <returns>
    /// None; EINVAL (not page aligned, no frames, not within one area, a writable private area that is not replaced as a whole, or
    /// a frame that the pool does not have).
    /// </returns>
    /// <remarks>
    /// As in Linux the whole area becomes a frame map: pages of it that no frame was mapped to are SIGBUS, and stores through a
    /// private one make copies.
    /// </remarks>
    public Errno RemapFrames(VirtualAddress start, ReadOnlySpan<FrameNumber> frames)
    {
        if (!start.IsPageAligned || frames.IsEmpty || start.Value + ((ulong)frames.Length << Page.Shift) < start.Value || !AreFrames(frames))
        {
            return Errno.EINVAL;
        }

        AddressRange range = AddressRange.FromPages(start, (ulong)frames.Length);
        Area? area;
        using (LockMap())
        {
            area = _areas.Find(start);
            if (area is null || !area.Range.Contains(range) || (area.IsPrivate && area.MayWrite && area.Range != range))
            {
                return Errno.EINVAL;
            }

            if (WantsAreas)
            {
                // Nobody handed the area over: who is attached to areas costs this look-up.
                CountAreaLookUps(1);
            }

            if (!area.Has(AreaFlags.FrameMap))
            {
                Area frameMap = area.With(area.Range, area.Rights, area.Flags | AreaFlags.FrameMap);
                BeginMapChange();
                ReplaceArea(area, frameMap);
                EndMapChange();
                area = frameMap;
            }

            LoadFrames(area, range, frames);
        }

        NotifyUpdate(range, area.Rights);
        return Errno.None;
    }

    private bool AreFrames(ReadOnlySpan<FrameNumber> frames)
    {
        foreach (FrameNumber frame in frames)
        {
            if (frame.Value >= (ulong)Memory.FrameCount)
            {
                return false;
            }
        }

        return true;
    }

    private void LoadFrames(Area area, AddressRange range, ReadOnlySpan<FrameNumber> frames)
    {
        AccessRights rights = LoadedRights(area, writable: area.IsShared);
        SplitHugePages(range);
        CountAsWritten(range);
        FrameGather gather = FrameGather.Rent();
        InvalidationRange change = new(range, InvalidationEvent.Clear, area);
        using (Begin(HookSite.RemapFrames, in change))
        {
            int next = 0;
            for (VirtualAddress page = range.Start; page < range.End;)
            {
                LeafTable leaf = _table.Ensure(page);
                AddressRange part = leaf.Range.Intersect(range);
                leaf.Lock();
                ZapLocked(leaf, part, ZapMode.Everything, gather);
                for (; page < part.End; page += Page.SizeBytes)
                {
                    leaf.Load(LeafTable.IndexOf(page), Pte.Present(frames[next++], rights).Special());
                }

                FinishRevocation(leaf, part, HookSite.RemapFrames);
            }
        }

        FinishChange(HookSite.RemapFrames, in change, gather);
    }
}
