namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Where the heap starts; null if there is none. Set before the address space is used.</summary>
    private VirtualAddress? _heapStart;

    /// <summary>Where the heap ends, to the byte. Guarded by the map lock.</summary>
    private VirtualAddress _heapEnd;

    /// <summary>The end of the heap, to the byte; zero without a heap.</summary>
    public VirtualAddress HeapEnd
    {
        get
        {
            using MapLockScope held = LockMap();
            return _heapEnd;
        }
    }

    /// <summary>
    /// brk(2): moves the end of the heap. Never fails: it answers with the end as it is now, which is the old one if the wish
    /// was below the start, if something is in the way, or if a limit is.
    /// </summary>
    public AddressResult SetHeapEnd(VirtualAddress end)
    {
        AddressRange grown = default;
        VirtualAddress result;
        using (LockMap())
        {
            if (_heapStart is { } start && end >= start && TrySetHeapEnd(start, end, ref grown))
            {
                _heapEnd = end;
            }

            result = _heapEnd;
        }

        if (!grown.IsEmpty)
        {
            PopulateAreas(grown, PopulateScope.Everything);
        }

        return result;
    }

    private bool TrySetHeapEnd(VirtualAddress start, VirtualAddress end, ref AddressRange grown)
    {
        VirtualAddress oldEnd = _heapEnd.AlignUp();
        VirtualAddress newEnd = end.AlignUp();
        if (oldEnd == newEnd)
        {
            return true;
        }

        if (end <= _heapEnd)
        {
            bool isHeap = _areas.FirstEndingAbove(newEnd) is { } area && area.Range.Start < oldEnd;
            return isHeap && TryUnmapLocked(newEnd, oldEnd - newEnd) == Errno.None;
        }

        if (newEnd < end || !TryGrowHeap(new AddressRange(oldEnd, newEnd)))
        {
            return false;
        }

        grown = _locksNewMappings ? new AddressRange(oldEnd, newEnd) : default;
        return true;
    }

    private bool TryGrowHeap(AddressRange more)
    {
        AreaFlags locked = _locksNewMappings ? AreaFlags.Locked : AreaFlags.None;
        bool fits = CheckFixed(more.Start, more.LengthBytes) == Errno.None
            && MayLock(locked, more.LengthBytes)
            && LeavesGapAbove(more)
            && MayMap(more.Pages)
            && _areas.Count <= _options.MaxAreas;
        if (fits)
        {
            AddArea(new Area
            {
                Range = more,
                Rights = AccessRights.ReadWrite,
                Flags = AreaFlags.Accounted | locked,
                PageOffset = more.Start.PageNumber,
            });
        }

        return fits;
    }

    /// <summary>One page must stay free above the heap, and the gap below a stack.</summary>
    private bool LeavesGapAbove(AddressRange more)
    {
        Area? next = _areas.FirstEndingAbove(more.Start);
        return next is null || more.End + Page.SizeBytes <= next.StartWithGuard(_options.StackGuardPages);
    }
}
