namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// remap_file_pages(2), as it was before Linux emulated it: lets pages of a mapping show other pages of the same object, page by page,
    /// without a new area. A private mapping may do so, too, which Linux refused: its own copies of pages in the range go, and a store to
    /// a page makes a new copy of what the page shows now.
    /// </summary>
    /// <param name="start">Rounded down to a page.</param>
    /// <param name="lengthBytes">Rounded down to pages.</param>
    /// <param name="objectPageOffset">The page of the object that the first page is to show.</param>
    /// <returns>None; EINVAL (nothing left of the length, the end or the offset wraps, not within one mapping of an object that may be written).</returns>
    /// <remarks>
    /// What a page shows is kept in its pte, also while the page is not mapped and while it is evicted. A private copy has no such place: when it
    /// is dropped (<see cref="Advice.DontNeed"/>), its address shows the page of the object that the area says, as it was in Linux.
    /// </remarks>
    public Errno RemapPages(VirtualAddress start, ulong lengthBytes, ulong objectPageOffset)
    {
        VirtualAddress first = start.AlignDown();
        ulong bytes = lengthBytes & ~Page.OffsetMask;
        ulong pages = bytes >> Page.Shift;
        if (first.Value + bytes <= first.Value || objectPageOffset + pages < objectPageOffset)
        {
            return Errno.EINVAL;
        }

        AddressRange range = AddressRange.FromLength(first, bytes);
        using (LockMap())
        {
            Area? area = _areas.Find(first);
            if (area is not { Object: not null, MayWrite: true } || !area.Range.Contains(range))
            {
                return Errno.EINVAL;
            }

            if (!area.Has(AreaFlags.Nonlinear))
            {
                Area nonlinear = area.With(area.Range, area.Rights, area.Flags | AreaFlags.Nonlinear);
                BeginMapChange();
                ReplaceArea(area, nonlinear);
                EndMapChange();
                area = nonlinear;
            }

            RemapNonlinear(area, range, objectPageOffset);
        }

        PopulatePages(range, AccessRights.Read);
        return Errno.None;
    }
}
