namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Whether new mappings are locked (MCL_FUTURE). Guarded by the map lock; read once without it, where a stale answer is harmless.
    /// </summary>
    private bool _locksNewMappings;

    private bool LocksNewMappings => _locksNewMappings;

    /// <summary>
    /// mlock(2): faults a range in and keeps it. Areas before the first hole are locked although the call fails there; pages
    /// are faulted in only if there was none.
    /// </summary>
    /// <param name="start">Rounded down to a page.</param>
    /// <param name="lengthBytes">The end is rounded up to a page.</param>
    /// <returns>
    /// None; EPERM (nothing may be locked); ENOMEM (the limit, a hole, too many areas, or pages that cannot be faulted in);
    /// EINVAL (the end wraps); EAGAIN (out of frames).
    /// </returns>
    public Errno Lock(VirtualAddress start, ulong lengthBytes)
    {
        if (_options.MaxLockedBytes == 0)
        {
            return Errno.EPERM;
        }

        VirtualAddress first = start.AlignDown();
        ulong bytes = RoundUp(lengthBytes + (ulong)start.PageOffset);
        using (LockMap())
        {
            if (!MayLockRange(first, bytes))
            {
                return Errno.ENOMEM;
            }

            Errno refused = SetLocked(first, bytes, AreaFlags.Locked);
            if (refused != Errno.None)
            {
                return refused;
            }
        }

        return bytes == 0 ? Errno.None : PopulateAreas(AddressRange.FromLength(first, bytes), PopulateScope.Locked);
    }

    /// <summary>munlock(2). Areas before the first hole are unlocked although the call fails there.</summary>
    /// <param name="start">Rounded down to a page.</param>
    /// <param name="lengthBytes">The end is rounded up to a page.</param>
    /// <returns>None; ENOMEM (a hole, too many areas); EINVAL (the end wraps).</returns>
    public Errno Unlock(VirtualAddress start, ulong lengthBytes)
    {
        using MapLockScope held = LockMap();
        return SetLocked(start.AlignDown(), RoundUp(lengthBytes + (ulong)start.PageOffset), AreaFlags.None);
    }

    /// <summary>mlockall(2): locks what is mapped, what will be, or both.</summary>
    /// <returns>None; EINVAL (no scope); EPERM (nothing may be locked); ENOMEM (what is mapped passes the limit).</returns>
    public Errno LockAll(LockAllScope scope)
    {
        if (scope == LockAllScope.None || (scope & ~(LockAllScope.Current | LockAllScope.Future)) != 0)
        {
            return Errno.EINVAL;
        }

        if (_options.MaxLockedBytes == 0)
        {
            return Errno.EPERM;
        }

        bool locksCurrent = (scope & LockAllScope.Current) != 0;
        using (LockMap())
        {
            if (locksCurrent && _mappedPages > _options.MaxLockedBytes >> Page.Shift)
            {
                return Errno.ENOMEM;
            }

            _locksNewMappings = (scope & LockAllScope.Future) != 0;
            if (locksCurrent)
            {
                SetAllLocked(AreaFlags.Locked);
            }
        }

        if (locksCurrent)
        {
            PopulateAreas(_options.Bounds, PopulateScope.Everything);
        }

        return Errno.None;
    }

    /// <summary>munlockall(2): nothing is locked any more, and new mappings are not.</summary>
    public void UnlockAll()
    {
        using MapLockScope held = LockMap();
        _locksNewMappings = false;
        SetAllLocked(AreaFlags.None);
    }

    /// <summary>Whether the limit leaves room for a range, of which parts may be locked already.</summary>
    private bool MayLockRange(VirtualAddress start, ulong lengthBytes)
    {
        ulong limit = _options.MaxLockedBytes >> Page.Shift;
        ulong pages = lengthBytes >> Page.Shift;
        if (pages + _lockedPages <= limit)
        {
            return true;
        }

        ulong already = 0;
        ulong end = start.Value + lengthBytes;
        AddressRange range = new(start, new VirtualAddress(end < start.Value ? ulong.MaxValue : end));
        foreach (Area area in AreasIn(range))
        {
            already += area.Has(AreaFlags.Locked) ? area.Range.Intersect(range).Pages : 0;
        }

        return pages + _lockedPages - already <= limit;
    }

    /// <summary>apply_vma_lock_flags: area by area up to the first hole.</summary>
    private Errno SetLocked(VirtualAddress start, ulong lengthBytes, AreaFlags locked)
    {
        ulong end = start.Value + lengthBytes;
        if (end < start.Value)
        {
            return Errno.EINVAL;
        }

        AddressRange range = new(start, new VirtualAddress(end));
        VirtualAddress next = start;
        while (next < range.End)
        {
            if (_areas.Find(next) is not { } area)
            {
                return Errno.ENOMEM;
            }

            AddressRange part = area.Range.Intersect(range);
            Errno refused = ModifyFlags(area, part, (area.Flags & ~AreaFlags.Locked) | locked);
            if (refused != Errno.None)
            {
                return refused;
            }

            next = part.End;
        }

        return Errno.None;
    }

    private void SetAllLocked(AreaFlags locked)
    {
        foreach (Area area in AreasIn(_options.Bounds))
        {
            ModifyFlags(area, area.Range, (area.Flags & ~AreaFlags.Locked) | locked);
        }
    }

    /// <summary>Gives a part of an area other flags that no pte knows of.</summary>
    private Errno ModifyFlags(Area area, AddressRange part, AreaFlags flags)
    {
        bool isFrameLock = area.Has(AreaFlags.FrameMap) && (flags ^ area.Flags) == AreaFlags.Locked;
        if (flags == area.Flags || isFrameLock)
        {
            return Errno.None;
        }

        BeginMapChange();
        Area? changed = TryModify(area, part, area.Rights, flags);
        EndMapChange();
        return changed is null ? Errno.ENOMEM : Errno.None;
    }

    /// <summary>
    /// Faults in what is mapped in a range, without the map lock: for stores where they make private copies, for loads elsewhere.
    /// Holes are left out.
    /// </summary>
    /// <returns>None, or with <see cref="PopulateScope.Locked"/> what mlock says of the first page that cannot be had.</returns>
    private Errno PopulateAreas(AddressRange range, PopulateScope scope)
    {
        List<Area> areas;
        using (LockMap())
        {
            areas = [.. AreasIn(range)];
        }

        foreach (Area area in areas)
        {
            if (area.Has(AreaFlags.FrameMap))
            {
                continue;
            }

            bool makesCopies = area.IsPrivate && (area.Rights & AccessRights.Write) != 0;
            FaultResult result = PopulatePages(area.Range.Intersect(range), makesCopies ? AccessRights.Write : AccessRights.Read);
            if (result != FaultResult.Success && scope == PopulateScope.Locked)
            {
                return result == FaultResult.OutOfMemory ? Errno.EAGAIN : Errno.ENOMEM;
            }
        }

        return Errno.None;
    }
}
