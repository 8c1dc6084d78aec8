namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>munmap(2): removes every mapping of a range; several areas, parts of areas and holes are fine.</summary>
    /// <param name="start">Page aligned.</param>
    /// <param name="lengthBytes">Rounded up to pages; not zero.</param>
    /// <returns>
    /// None; EINVAL if the start is not aligned, the length is zero or the range leaves the address space; ENOMEM if an area
    /// would be split in two beyond the limit of areas, and then nothing was unmapped.
    /// </returns>
    public Errno Unmap(VirtualAddress start, ulong lengthBytes)
    {
        using MapLockScope held = LockMap();
        return TryUnmapLocked(start, lengthBytes);
    }

    private Errno TryUnmapLocked(VirtualAddress start, ulong lengthBytes)
    {
        if (!start.IsPageAligned || start.Value > AddressLimit || lengthBytes > AddressLimit - start.Value || lengthBytes == 0)
        {
            return Errno.EINVAL;
        }

        AddressRange range = AddressRange.FromLength(start, RoundUp(lengthBytes));
        if (WouldSplitBeyondLimit(range))
        {
            return Errno.ENOMEM;
        }

        UnmapLocked(range);
        return Errno.None;
    }

    /// <summary>Whether to unmap the range means to split one area in two, with as many areas as there may be.</summary>
    private bool WouldSplitBeyondLimit(AddressRange range) =>
        _areas.Count >= _options.MaxAreas
        && _areas.FirstEndingAbove(range.Start) is { } first
        && first.Range.Start < range.Start
        && range.End < first.Range.End;

    /// <summary>The areas that the running unmap took away, for its bracket. Guarded by the map lock.</summary>
    private readonly List<Area> _unmapped = [];

    /// <summary>The areas of a range go, then their pages, in one bracket.</summary>
    private void UnmapLocked(AddressRange range)
    {
        Area? area = FirstIn(range);
        if (area is null)
        {
            return;
        }

        AddressRange part = area.Range.Intersect(range);
        VirtualAddress start = part.Start;
        BeginMapChange();
        while (area is not null)
        {
            _unmapped.Add(area);
            part = area.Range.Intersect(range);
            RemovePart(area, part);
            area = part.End < range.End ? FirstIn(range) : null;
        }

        EndMapChange();
        UnmapPages(new AddressRange(start, part.End), _unmapped);
        _unmapped.Clear();
        DetachLeavers();
    }

    /// <summary>The lowest area that overlaps a range, or null. The map lock is held.</summary>
    private Area? FirstIn(AddressRange range) =>
        _areas.FirstEndingAbove(range.Start) is { } area && area.Range.Start < range.End ? area : null;
}
