namespace MmuNotifiers.Primary;

/// <summary>Where a mapping goes that may go anywhere, and which limits hold. Everything under the map lock.</summary>
public sealed partial class AddressSpace
{
    /// <summary>The first address behind everything that may be mapped (TASK_SIZE).</summary>
    private ulong AddressLimit => _options.Bounds.End.Value;

    private AddressRange PlacementWindow => (_options.PlacementWindow ?? _options.Bounds).Intersect(_options.Bounds);

    /// <summary>
    /// Finds room (get_unmapped_area): at the hint if it is free there, else as high as possible, with the gap below stacks left
    /// alone.
    /// </summary>
    /// <param name="hint">A page-aligned address, or zero for none.</param>
    /// <param name="lengthBytes">Whole pages, not zero.</param>
    private AddressResult FindRoom(VirtualAddress hint, ulong lengthBytes)
    {
        if (lengthBytes > AddressLimit)
        {
            return Errno.ENOMEM;
        }

        if (hint != VirtualAddress.Zero && hint.Value <= AddressLimit - lengthBytes && IsFreeAt(hint, lengthBytes))
        {
            return hint < _options.Bounds.Start ? Errno.EPERM : hint;
        }

        AddressRange window = PlacementWindow;
        while (_areas.TryFindHighestGap(lengthBytes, window, out VirtualAddress start))
        {
            VirtualAddress end = start + lengthBytes;
            VirtualAddress usable = _areas.FirstEndingAbove(end)?.StartWithGuard(_options.StackGuardPages) ?? end;
            if (usable >= end)
            {
                return start;
            }

            // What lies above is a stack, or two things with its gap between them: below it all, then.
            if (usable <= window.Start)
            {
                break;
            }

            window = new AddressRange(window.Start, usable);
        }

        return FindRoomFromBelow(lengthBytes);
    }

    /// <summary>
    /// The second attempt, when nothing was found from above: room between things that the first passed by as a whole, because of
    /// a stack's gap. From a third of the address space on (TASK_UNMAPPED_BASE), as low as possible.
    /// </summary>
    private AddressResult FindRoomFromBelow(ulong lengthBytes)
    {
        AddressRange window = PlacementWindow;
        VirtualAddress third = new VirtualAddress(AddressLimit / 3).AlignUp();
        VirtualAddress start = window.Start > third ? window.Start : third;
        while (start < window.End && lengthBytes <= window.End - start)
        {
            if (IsFreeAt(start, lengthBytes))
            {
                return start;
            }

            start = _areas.FirstEndingAbove(start)!.Range.End;
        }

        return Errno.ENOMEM;
    }

    /// <summary>The checks that a fixed address passes (get_unmapped_area with MAP_FIXED).</summary>
    private Errno CheckFixed(VirtualAddress start, ulong lengthBytes)
    {
        if (lengthBytes > AddressLimit || start.Value > AddressLimit - lengthBytes)
        {
            return Errno.ENOMEM;
        }

        if (!start.IsPageAligned)
        {
            return Errno.EINVAL;
        }

        return start < _options.Bounds.Start ? Errno.EPERM : Errno.None;
    }

    private bool IsFreeAt(VirtualAddress start, ulong lengthBytes)
    {
        Area? next = _areas.FirstEndingAbove(start);
        return next is null || start + lengthBytes <= next.StartWithGuard(_options.StackGuardPages);
    }

    /// <summary>Whether so many more pages fit under the limit of the address space (may_expand_vm).</summary>
    private bool MayMap(ulong pages)
    {
        ulong limit = _options.MaxAddressSpaceBytes >> Page.Shift;
        return pages <= limit && _mappedPages <= limit - pages;
    }

    /// <summary>Whether so many more bytes may be locked, if the flags say that they are to be (mlock_future_ok).</summary>
    private bool MayLock(AreaFlags flags, ulong lengthBytes)
    {
        if ((flags & AreaFlags.Locked) == 0)
        {
            return true;
        }

        ulong limit = _options.MaxLockedBytes >> Page.Shift;
        ulong pages = lengthBytes >> Page.Shift;
        return pages <= limit && _lockedPages <= limit - pages;
    }

    /// <summary>How many pages of a range are mapped.</summary>
    private ulong MappedPagesIn(AddressRange range)
    {
        ulong pages = 0;
        foreach (Area area in AreasIn(range))
        {
            pages += area.Range.Intersect(range).Pages;
        }

        return pages;
    }

    /// <summary>The areas that overlap a range, in ascending order; each looked up anew, so that areas may change in between.</summary>
    private AreaSequence AreasIn(AddressRange range) => new(_areas, range);
}
