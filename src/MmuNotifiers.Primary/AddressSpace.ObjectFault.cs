namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>The most pages that one fault maps around itself.</summary>
    private const int MaxFaultAroundPages = 64;

    /// <summary>A fault on a page of an object that is not mapped.</summary>
    private bool TryFaultObject(in Fault fault, LeafTable leaf, Pte expected, ulong pageIndex, out AccessResult result)
    {
        MemoryObject target = fault.Area.Object!;
        FaultResult found = target.GetPage(pageIndex, out FrameNumber frame, out PageSource source);
        if (found != FaultResult.Success)
        {
            result = AccessResult.Refused(found);
            return !MapChangedSince(fault.Sequence);
        }

        CountReturn(source);
        if (fault.IsWrite && fault.Area.IsPrivate)
        {
            return TryCopyPrivately(in fault, leaf, expected, frame, out result);
        }

        result = AccessResult.Of(FaultKind.ObjectPage);
        leaf.Lock();
        bool loaded = target.StillOwns(frame, pageIndex)
            && TryLoad(in fault, leaf, expected, ObjectPte(fault.Area, frame, fault.IsWrite).Used(fault.Access));
        if (loaded)
        {
            Frames.ReferenceBecomesMapping(frame);
        }

        leaf.Unlock();
        if (!loaded)
        {
            Memory.Put(frame);
            return false;
        }

        if (!fault.IsWrite && expected.IsNone && _options.FaultAroundPages > 1)
        {
            MapAround(in fault, leaf, target);
        }

        return true;
    }

    /// <summary>A store to a page of an object through a private mapping, where nothing was mapped: the copy is what gets mapped.</summary>
    private bool TryCopyPrivately(in Fault fault, LeafTable leaf, Pte expected, FrameNumber source, out AccessResult result)
    {
        bool allocated = Memory.TryAllocate(out FrameNumber copy);
        if (allocated)
        {
            Memory.Copy(source, copy);
        }

        Memory.Put(source);
        result = allocated ? AccessResult.Of(FaultKind.PrivateCopy) : AccessResult.Refused(FaultResult.OutOfMemory);
        return !allocated || TryLoadPrivate(in fault, leaf, expected, copy);
    }

    /// <summary>A pte for an object's own page: writable only where a store may reach the object without its knowledge.</summary>
    private static Pte ObjectPte(Area area, FrameNumber frame, bool isWrite) =>
        Pte.Present(frame, LoadedRights(area, writable: area.IsShared && (isWrite || !area.Object!.TracksWrites))).OfObject();

    /// <summary>
    /// Maps the cached pages around a page that a load has faulted in: a window aligned to its own size, clipped by area and leaf.
    /// </summary>
    private void MapAround(in Fault fault, LeafTable leaf, MemoryObject target)
    {
        AddressRange window = AroundWindow(in fault);
        Span<FrameNumber> frames = stackalloc FrameNumber[MaxFaultAroundPages];
        ulong cached = 0;
        for (int i = 0; i < (int)window.Pages; i++)
        {
            VirtualAddress page = window.Start + ((ulong)i << Page.Shift);
            if (leaf.Read(LeafTable.IndexOf(page)).IsNone && target.TryGetCachedPage(fault.Area.PageOffsetOf(page), out frames[i]))
            {
                cached |= 1UL << i;
            }
        }

        if (cached == 0)
        {
            return;
        }

        leaf.Lock();
        bool unchanged = !MapChangedSince(fault.Sequence);
        int mapped = 0;
        for (int i = 0; i < (int)window.Pages; i++)
        {
            VirtualAddress page = window.Start + ((ulong)i << Page.Shift);
            int index = LeafTable.IndexOf(page);
            if (unchanged && (cached & (1UL << i)) != 0 && leaf.Read(index).IsNone
                && target.StillOwns(frames[i], fault.Area.PageOffsetOf(page)))
            {
                leaf.Load(index, ObjectPte(fault.Area, frames[i], isWrite: false));
                Frames.ReferenceBecomesMapping(frames[i]);
                cached &= ~(1UL << i);
                mapped++;
            }
        }

        leaf.Unlock();
        _limit?.Charge(mapped);
        for (int i = 0; cached != 0; i++, cached >>= 1)
        {
            if ((cached & 1) != 0)
            {
                Memory.Put(frames[i]);
            }
        }
    }

    private AddressRange AroundWindow(in Fault fault)
    {
        ulong pages = (ulong)Math.Min(_options.FaultAroundPages, MaxFaultAroundPages);
        ulong page = fault.Page.PageNumber;
        ulong leafStart = page & ~((ulong)LeafTable.Entries - 1);
        ulong start = Math.Max(page & ~(pages - 1), Math.Max(fault.Area.Range.Start.PageNumber, leafStart));
        ulong end = Math.Min(start + pages, Math.Min(fault.Area.Range.End.PageNumber, leafStart + LeafTable.Entries));
        return new AddressRange(VirtualAddress.OfPage(start), VirtualAddress.OfPage(end));
    }
}
