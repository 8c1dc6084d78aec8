namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// remap_file_pages(2), as it was before Linux emulated it: lets pages of a shared mapping show other pages of the same
    /// object, page by page, without a new area.
    /// </summary>
    /// <param name="start">Rounded down to a page.</param>
    /// <param name="lengthBytes">Rounded down to pages.</param>
    /// <param name="objectPageOffset">The page of the object that the first page is to show.</param>
    /// <returns>None; EINVAL (nothing left of the length, the end or the offset wraps, not within one shared mapping).</returns>
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
            if (area is null || !area.IsShared || !area.MayWrite || area.Object is null || !area.Range.Contains(range))
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

        PopulateAreas(range, PopulateScope.Everything);
        return Errno.None;
    }
}
