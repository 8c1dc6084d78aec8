namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// mmap(2): maps memory. What a fixed address replaces is unmapped, with its notifiers, before the new mapping can be seen.
    /// </summary>
    /// <returns>
    /// Where the mapping starts, or, in the order in which they are looked for: EINVAL (offset not page aligned), EBADF (no
    /// object), EINVAL (length zero), ENOMEM (length wraps, too many areas, no room), EINVAL and EPERM (fixed address not page
    /// aligned, or below what may be mapped), EEXIST, EPERM (nothing may be locked), EAGAIN (locked limit), EOVERFLOW (beyond
    /// what an object can be), EACCES (what the handle does not allow), EINVAL (neither private nor shared, or a stack that is
    /// not private and anonymous), ENOMEM (limit of the address space).
    /// </returns>
    public AddressResult Map(in MapRequest request)
    {
        if ((request.OffsetBytes & Page.OffsetMask) != 0)
        {
            return Errno.EINVAL;
        }

        bool isAnonymous = (request.Flags & MapFlags.Anonymous) != 0;
        if (!isAnonymous && request.Object is null)
        {
            return Errno.EBADF;
        }

        if (request.LengthBytes == 0)
        {
            return Errno.EINVAL;
        }

        ulong lengthBytes = RoundUp(request.LengthBytes);
        if (lengthBytes == 0)
        {
            return Errno.ENOMEM;
        }

        AddressResult result;
        using (LockMap())
        {
            result = MapLocked(in request, lengthBytes);
        }

        bool populates = (request.Flags & (MapFlags.Populate | MapFlags.Locked)) != 0;
        if (result.Succeeded && (populates || LocksNewMappings))
        {
            PopulateAreas(AddressRange.FromLength(result.Address, lengthBytes), PopulateScope.Everything);
        }

        return result;
    }

    private AddressResult MapLocked(in MapRequest request, ulong lengthBytes)
    {
        if (_areas.Count > _options.MaxAreas)
        {
            return Errno.ENOMEM;
        }

        AddressResult place = PlaceFor(in request, lengthBytes);
        if (!place.Succeeded)
        {
            return place;
        }

        AddressRange range = AddressRange.FromLength(place.Address, lengthBytes);
        bool replaces = IsFixed(in request) && FirstIn(range) is not null;
        if (replaces && (request.Flags & MapFlags.FixedNoReplace) != 0)
        {
            return Errno.EEXIST;
        }

        if ((request.Flags & MapFlags.Locked) != 0 && _options.MaxLockedBytes == 0)
        {
            return Errno.EPERM;
        }

        AreaFlags flags = FlagsFor(in request);
        if (!MayLock(flags, lengthBytes))
        {
            return Errno.EAGAIN;
        }

        Errno refused = CheckBacking(in request, lengthBytes);
        if (refused != Errno.None)
        {
            return refused;
        }

        if (replaces)
        {
            refused = CheckReplacing(range);
            if (refused != Errno.None)
            {
                return refused;
            }

            UnmapLocked(range);
        }
        else if (!MayMap(range.Pages))
        {
            return Errno.ENOMEM;
        }

        bool isAnonymous = (request.Flags & MapFlags.Anonymous) != 0;
        bool isShared = (flags & AreaFlags.Shared) != 0;
        SharedMemoryObject? own = isAnonymous && isShared ? new SharedMemoryObject(Memory, lengthBytes) : null;
        AddArea(new Area
        {
            Range = range,
            Rights = request.Rights & AllRights,
            Flags = flags,
            Handle = own is null ? (isAnonymous ? null : request.Object) : new ObjectHandle(own, AccessRights.ReadWrite),
            PageOffset = own is not null ? 0 : isAnonymous ? range.Start.PageNumber : request.OffsetBytes >> Page.Shift,
        });

        // Nobody but its areas keeps such an object.
        own?.Dispose();
        return range.Start;
    }

    private const AccessRights AllRights = AccessRights.ReadWrite | AccessRights.Execute;

    private AddressResult PlaceFor(in MapRequest request, ulong lengthBytes)
    {
        if (IsFixed(in request))
        {
            Errno refused = CheckFixed(request.Address, lengthBytes);
            return refused == Errno.None ? request.Address : refused;
        }

        VirtualAddress hint = request.Address.AlignDown();
        if (hint != VirtualAddress.Zero && hint < _options.Bounds.Start)
        {
            hint = _options.Bounds.Start;
        }

        return FindRoom(hint, lengthBytes);
    }

    private static bool IsFixed(in MapRequest request) => (request.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0;

    private AreaFlags FlagsFor(in MapRequest request)
    {
        AreaFlags flags = LocksNewMappings ? AreaFlags.Locked : AreaFlags.None;
        if ((request.Flags & MapFlags.Shared) != 0)
        {
            flags |= AreaFlags.Shared;
        }

        if ((request.Flags & MapFlags.GrowsDown) != 0)
        {
            flags |= AreaFlags.GrowsDown;
        }

        if ((request.Flags & MapFlags.Locked) != 0)
        {
            flags |= AreaFlags.Locked;
        }

        if ((request.Flags & MapFlags.NoReserve) != 0)
        {
            flags |= AreaFlags.NoReserve;
        }

        bool isAccounted = (request.Rights & AccessRights.Write) != 0 && (flags & (AreaFlags.Shared | AreaFlags.NoReserve)) == 0;
        return isAccounted ? flags | AreaFlags.Accounted : flags;
    }

    private static Errno CheckBacking(in MapRequest request, ulong lengthBytes)
    {
        const MapFlags Either = MapFlags.Shared | MapFlags.Private;
        bool isStack = (request.Flags & MapFlags.GrowsDown) != 0;
        if ((request.Flags & MapFlags.Anonymous) != 0)
        {
            bool isOne = (request.Flags & Either) is MapFlags.Shared or MapFlags.Private;
            return !isOne || (isStack && (request.Flags & MapFlags.Shared) != 0) ? Errno.EINVAL : Errno.None;
        }

        if (request.OffsetBytes > MemoryObject.MaxSizeBytes - lengthBytes)
        {
            return Errno.EOVERFLOW;
        }

        if ((request.Flags & Either) == 0)
        {
            return Errno.EINVAL;
        }

        // Both together are MAP_SHARED_VALIDATE, which refuses flags that came after it.
        if ((request.Flags & Either) == Either && (request.Flags & (MapFlags.FixedNoReplace | MapFlags.Synchronous)) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        AccessRights access = request.Object!.Access;
        bool isWritten = (request.Flags & MapFlags.Shared) != 0 && (request.Rights & AccessRights.Write) != 0;
        if ((access & AccessRights.Read) == 0 || (isWritten && (access & AccessRights.Write) == 0))
        {
            return Errno.EACCES;
        }

        return isStack ? Errno.EINVAL : Errno.None;
    }

    /// <summary>The limits that a mapping has to keep once it replaced what lies there.</summary>
    private Errno CheckReplacing(AddressRange range)
    {
        if (WouldSplitBeyondLimit(range))
        {
            return Errno.ENOMEM;
        }

        if (MayMap(range.Pages - MappedPagesIn(range)))
        {
            return Errno.None;
        }

        // As in Linux the areas at the borders have been split by then, and stay so.
        BeginMapChange();
        SplitAtBorder(range.Start);
        SplitAtBorder(range.End);
        EndMapChange();
        return Errno.ENOMEM;
    }

    private void SplitAtBorder(VirtualAddress border)
    {
        if (_areas.Find(border) is { } area && area.Range.Start < border)
        {
            SplitAt(area, border);
        }
    }

    private Area AddArea(Area area)
    {
        BeginMapChange();
        area = InsertMerged(area);
        EndMapChange();
        return area;
    }

    /// <summary>Rounds a length up to pages; zero if that wraps.</summary>
    private static ulong RoundUp(ulong lengthBytes) => (lengthBytes + Page.OffsetMask) & ~Page.OffsetMask;
}
