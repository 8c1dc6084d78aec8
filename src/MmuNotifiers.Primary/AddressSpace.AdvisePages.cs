namespace MmuNotifiers.Primary;

/// <summary>Advice that is followed without the map lock: it faults, reads files or changes objects.</summary>
public sealed partial class AddressSpace
{
    /// <summary>MADV_POPULATE_READ and MADV_POPULATE_WRITE: ends at the first hole, area without the right, or failing page.</summary>
    private Errno PopulateAdvised(AddressRange range, AccessRights access)
    {
        VirtualAddress next = range.Start;
        while (next < range.End)
        {
            Area? area;
            using (LockMap())
            {
                area = _areas.Find(next);
            }

            if (area is null)
            {
                return Errno.ENOMEM;
            }

            if (area.Has(AreaFlags.FrameMap) || (area.Rights & access) == 0)
            {
                return Errno.EINVAL;
            }

            AddressRange part = area.Range.Intersect(new AddressRange(next, range.End));
            FaultResult result = PopulatePages(part, access);
            if (result != FaultResult.Success)
            {
                return result == FaultResult.OutOfMemory ? Errno.ENOMEM : Errno.EFAULT;
            }

            next = part.End;
        }

        return Errno.None;
    }

    /// <summary>MADV_REMOVE: the object loses the pages, for everyone who maps it.</summary>
    private Errno RemovePages(AddressRange range) => ForEachArea(range, CheckRemoval, static (area, part) =>
        area.Object!.PunchHole(area.PageOffsetOf(part.Start) << Page.Shift, part.LengthBytes));

    private static Errno CheckRemoval(Area area)
    {
        if (area.Has(AreaFlags.Locked) || area.Object is null)
        {
            return Errno.EINVAL;
        }

        return area.IsShared && area.MayWrite ? Errno.None : Errno.EACCES;
    }

    /// <summary>
    /// Visits the areas of a range: checks each under the map lock, then acts without it. The first refusal ends it; holes are
    /// ENOMEM at the end.
    /// </summary>
    private Errno ForEachArea(AddressRange range, Func<Area, Errno> check, Func<Area, AddressRange, Errno> act)
    {
        Errno hole = Errno.None;
        VirtualAddress next = range.Start;
        while (next < range.End)
        {
            Area? area;
            Errno refused;
            using (LockMap())
            {
                area = _areas.FirstEndingAbove(next);
                if (area is null || area.Range.Start >= range.End)
                {
                    return Errno.ENOMEM;
                }

                hole = area.Range.Start > next ? Errno.ENOMEM : hole;
                refused = check(area);
            }

            AddressRange part = area.Range.Intersect(new AddressRange(next, range.End));
            if (refused == Errno.None)
            {
                refused = act(area, part);
            }

            if (refused != Errno.None)
            {
                return refused;
            }

            next = part.End;
        }

        return hole;
    }
}
