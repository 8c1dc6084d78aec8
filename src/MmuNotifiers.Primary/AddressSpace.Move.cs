namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    private const MoveFlags AllMoveFlags = MoveFlags.MayMove | MoveFlags.Fixed | MoveFlags.DontUnmap;

    /// <summary>
    /// mremap(2): shrinks, grows or moves a mapping. Pages go with it; nothing is copied.
    /// </summary>
    /// <param name="oldStart">Page aligned; must be mapped.</param>
    /// <param name="oldLengthBytes">Rounded up to pages. Zero makes a second mapping of the same pages, for shared mappings only.</param>
    /// <param name="newLengthBytes">Rounded up to pages; not zero.</param>
    /// <param name="flags">How.</param>
    /// <param name="newStart">
    /// With <see cref="MoveFlags.Fixed"/> where to, with <see cref="MoveFlags.DontUnmap"/> a hint; looked at with these only.
    /// </param>
    /// <returns>
    /// Where the mapping starts now; EINVAL (flags, alignment, new length zero or out of bounds, old and new range overlap, old
    /// length zero on a private mapping); ENOMEM (no room, limits); EFAULT (not mapped, or the range goes beyond its area);
    /// EAGAIN (locked limit). A fixed move without a new size may span several areas, but starts in one.
    /// </returns>
    public AddressResult Move(
        VirtualAddress oldStart, ulong oldLengthBytes, ulong newLengthBytes, MoveFlags flags, VirtualAddress newStart = default)
    {
        MoveRequest request = new(oldStart, RoundUp(oldLengthBytes), RoundUp(newLengthBytes), flags, newStart);
        Errno refused = CheckMove(in request);
        if (refused != Errno.None)
        {
            return refused;
        }

        AddressRange grown = default;
        AddressResult result;
        using (LockMap())
        {
            if (request.ImpliesNewStart && _areas.Count + 2 >= _options.MaxAreas - 3)
            {
                return Errno.ENOMEM;
            }

            result = request.IsPureMove ? MoveAreas(in request) : ResizeOrMove(in request, ref grown);
        }

        if (result.Succeeded && !grown.IsEmpty)
        {
            PopulateAreas(grown, PopulateScope.Everything);
        }

        return result;
    }

    private Errno CheckMove(in MoveRequest request)
    {
        if ((request.Flags & ~AllMoveFlags) != 0
            || !request.OldStart.IsPageAligned
            || request.NewBytes == 0
            || request.NewBytes > AddressLimit)
        {
            return Errno.EINVAL;
        }

        if (!request.ImpliesNewStart)
        {
            return Errno.None;
        }

        bool isSound = request.NewStart.Value <= AddressLimit - request.NewBytes
            && request.NewStart.IsPageAligned
            && (request.Flags & MoveFlags.MayMove) != 0
            && (!request.KeepsSource || request.OldBytes == request.NewBytes)
            && !request.Overlaps;
        return isSound ? Errno.None : Errno.EINVAL;
    }

    /// <summary>
    /// A fixed move without a new size: area by area; holes between them stay holes, and what lies at their places stays.
    /// </summary>
    private AddressResult MoveAreas(in MoveRequest request)
    {
        VirtualAddress next = request.OldStart;
        VirtualAddress end = request.OldStart + request.OldBytes;
        while (next < end)
        {
            Area? area = _areas.FirstEndingAbove(next);
            if (area is null || area.Range.Start >= end)
            {
                break;
            }

            if (next == request.OldStart && area.Range.Start > next)
            {
                return Errno.EFAULT;
            }

            VirtualAddress start = area.Range.Start > next ? area.Range.Start : next;
            VirtualAddress partEnd = area.Range.End < end ? area.Range.End : end;
            MoveRequest part = request.Part(start, partEnd - start);
            AddressRange grown = default;
            AddressResult moved = ResizeOrMove(in part, ref grown);
            if (!moved.Succeeded)
            {
                return moved;
            }

            next = partEnd;
        }

        return next == request.OldStart ? Errno.EFAULT : request.NewStart;
    }

    private AddressResult ResizeOrMove(in MoveRequest request, ref AddressRange grown)
    {
        if (_areas.Find(request.OldStart) is not { } area)
        {
            return Errno.EFAULT;
        }

        Errno refused = CheckSource(in request, area);
        if (refused != Errno.None)
        {
            return refused;
        }

        if (request.ImpliesNewStart)
        {
            return MoveTo(in request, area, ref grown);
        }

        if (request.NewBytes == request.OldBytes)
        {
            return request.OldStart;
        }

        if (request.NewBytes > request.OldBytes)
        {
            return Grow(in request, area, ref grown);
        }

        refused = TryUnmapLocked(request.OldStart + request.NewBytes, request.OldBytes - request.NewBytes);
        return refused == Errno.None ? request.OldStart : refused;
    }

    /// <summary>What the source must be like, if more than a shrinking in place is wanted.</summary>
    private Errno CheckSource(in MoveRequest request, Area area)
    {
        bool grows = request.NewBytes > request.OldBytes;
        if (!grows && !request.ImpliesNewStart)
        {
            return Errno.None;
        }

        if ((request.OldBytes == 0 && area.IsPrivate) || (request.KeepsSource && area.Has(AreaFlags.FrameMap)))
        {
            return Errno.EINVAL;
        }

        if (Math.Min(request.OldBytes, request.NewBytes) > area.Range.End - request.OldStart)
        {
            return Errno.EFAULT;
        }

        if (!grows)
        {
            return Errno.None;
        }

        ulong pageOffset = area.PageOffsetOf(request.OldStart);
        if (pageOffset + (request.NewBytes >> Page.Shift) < pageOffset)
        {
            return Errno.EINVAL;
        }

        if (area.Has(AreaFlags.FrameMap))
        {
            return Errno.EFAULT;
        }

        ulong growth = request.NewBytes - request.OldBytes;
        if (!MayLock(area.Flags, growth))
        {
            return Errno.EAGAIN;
        }

        return MayMap(growth >> Page.Shift) ? Errno.None : Errno.ENOMEM;
    }

    private AddressResult Grow(in MoveRequest request, Area area, ref AddressRange grown)
    {
        VirtualAddress oldEnd = request.OldStart + request.OldBytes;
        AddressRange more = AddressRange.FromLength(oldEnd, request.NewBytes - request.OldBytes);
        bool fits = area.Range.End == oldEnd && more.End.Value <= AddressLimit && FirstIn(more) is null;
        if (fits)
        {
            AddArea(area.With(more, area.Rights, area.Flags));
            grown = area.Has(AreaFlags.Locked) ? more : default;
            return request.OldStart;
        }

        if ((request.Flags & MoveFlags.MayMove) == 0)
        {
            return Errno.ENOMEM;
        }

        AddressResult room = FindRoom(VirtualAddress.Zero, request.NewBytes);
        return room.Succeeded ? MovePart(request with { NewStart = room.Address }, area, ref grown) : room;
    }

    private AddressResult MoveTo(in MoveRequest request, Area area, ref AddressRange grown)
    {
        MoveRequest move = request;
        bool isFixed = (request.Flags & MoveFlags.Fixed) != 0;
        Errno refused = isFixed ? TryUnmapLocked(request.NewStart, request.NewBytes) : Errno.None;

        // An old length that wraps passes for one without overlap, and the source can go with the target.
        if (refused == Errno.None && _areas.Find(request.OldStart) is null)
        {
            return Errno.EFAULT;
        }

        if (refused == Errno.None && request.NewBytes < request.OldBytes)
        {
            refused = TryUnmapLocked(request.OldStart + request.NewBytes, request.OldBytes - request.NewBytes);
            move = request with { OldBytes = request.NewBytes };
        }

        if (refused != Errno.None)
        {
            return refused;
        }

        if (_areas.Find(request.OldStart) is not { } source)
        {
            return Errno.EFAULT;
        }

        if (request.KeepsSource && !MayMap(move.OldBytes >> Page.Shift))
        {
            return Errno.ENOMEM;
        }

        refused = isFixed ? CheckFixed(request.NewStart, request.NewBytes) : Errno.None;
        AddressResult room = isFixed ? request.NewStart : FindRoom(request.NewStart, request.NewBytes);
        if (refused != Errno.None || !room.Succeeded)
        {
            return refused != Errno.None ? refused : room;
        }

        return MovePart(move with { NewStart = room.Address }, source, ref grown);
    }
}
