namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// mprotect(2): gives a range other rights. Areas are changed one after the other in ascending order, so that what lies
    /// before the first hole, or before the first area that may not have the rights, has them although the call fails.
    /// </summary>
    /// <param name="start">Page aligned.</param>
    /// <param name="lengthBytes">Rounded up to pages; zero does nothing, even where nothing is mapped.</param>
    /// <param name="rights">The new rights.</param>
    /// <returns>
    /// None; EINVAL (not aligned, unknown rights); ENOMEM (the end wraps, a hole, too many areas); EACCES (a shared mapping of
    /// an object that was not opened for writing).
    /// </returns>
    public Errno Protect(VirtualAddress start, ulong lengthBytes, AccessRights rights)
    {
        if (!start.IsPageAligned)
        {
            return Errno.EINVAL;
        }

        if (lengthBytes == 0)
        {
            return Errno.None;
        }

        ulong end = start.Value + RoundUp(lengthBytes);
        if (end <= start.Value)
        {
            return Errno.ENOMEM;
        }

        if ((rights & ~AllRights) != 0)
        {
            return Errno.EINVAL;
        }

        List<AddressRange>? locked = null;
        Errno result;
        using (LockMap())
        {
            result = ProtectLocked(new AddressRange(start, new VirtualAddress(end)), rights, ref locked);
        }

        foreach (AddressRange range in locked ?? [])
        {
            PopulateAreas(range, PopulateScope.Locked);
        }

        return result;
    }

    /// <param name="range">Page aligned, not empty.</param>
    /// <param name="rights">The new rights.</param>
    /// <param name="locked">Gets the ranges whose private copies are to be made at once: locked memory must not fault later.</param>
    private Errno ProtectLocked(AddressRange range, AccessRights rights, ref List<AddressRange>? locked)
    {
        VirtualAddress next = range.Start;
        while (next < range.End)
        {
            Area? area = _areas.FirstEndingAbove(next);
            if (area is null || area.Range.Start > next)
            {
                return Errno.ENOMEM;
            }

            if ((rights & AccessRights.Write) != 0 && !area.MayWrite)
            {
                return Errno.EACCES;
            }

            AddressRange part = area.Range.Intersect(range);
            Errno refused = ProtectPart(area, part, rights);
            if (refused != Errno.None)
            {
                return refused;
            }

            bool becomesWritable = (rights & AccessRights.Write) != 0 && (area.Rights & AccessRights.Write) == 0;
            if (becomesWritable && area.IsPrivate && area.Has(AreaFlags.Locked))
            {
                (locked ??= []).Add(part);
            }

            next = part.End;
        }

        return Errno.None;
    }

    private Errno ProtectPart(Area area, AddressRange part, AccessRights rights)
    {
        if (area.Rights == rights)
        {
            return Errno.None;
        }

        BeginMapChange();
        Area? changed = TryModify(area, part, rights, FlagsWith(area, rights));
        EndMapChange();
        if (changed is null)
        {
            return Errno.ENOMEM;
        }

        ProtectPages(changed, part);
        return Errno.None;
    }

    /// <summary>Private memory is accounted for once it becomes writable; and no more if it stops to be before it was used.</summary>
    private static AreaFlags FlagsWith(Area area, AccessRights rights)
    {
        if ((rights & AccessRights.Write) != 0)
        {
            bool mayCount = area.IsPrivate && (area.Rights & AccessRights.Write) == 0 && !area.Has(AreaFlags.NoReserve);
            return mayCount ? area.Flags | AreaFlags.Accounted : area.Flags;
        }

        return area.IsAnonymous && !area.HasPrivatePages ? area.Flags & ~AreaFlags.Accounted : area.Flags;
    }
}
