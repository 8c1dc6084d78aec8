using MmuNotifiers.Linux.Kvm.Guests;

namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>
/// A program's address space inside a guest: areas, the frames behind their pages, the page tables that the guest's processor walks. Pages get
/// frames when they are first used, some with their neighbours. Not safe from several threads; used while the guest does not run.
/// </summary>
internal sealed partial class GuestAddressSpace
{
    /// <summary>The lowest address that can be mapped, as Linux sets vm.mmap_min_addr.</summary>
    public const ulong Lowest = 0x1_0000;

    /// <summary>The end of what can be mapped.</summary>
    public const ulong End = GuestFirmware.LinearStart;

    /// <summary>A page that gets a frame gets them for its neighbours in a window of so many, too: a fault leaves the guest, a frame costs little.</summary>
    private const ulong WindowPages = 64;

    private readonly GuestPageTables _tables;
    private readonly GuestFrames _frames;
    private readonly IGuestMemory _memory;
    private readonly GuestAreas _areas = new();

    /// <summary>Makes an empty address space.</summary>
    /// <param name="tables">The guest's page tables.</param>
    /// <param name="memory">The guest's memory, zeroed.</param>
    /// <param name="start">Where the guest sees its memory.</param>
    public GuestAddressSpace(GuestPageTables tables, IGuestMemory memory, GuestPhysicalAddress start)
    {
        _tables = tables;
        _memory = memory;
        _frames = new GuestFrames(memory, start);
    }

    /// <summary>How many pages of memory the guest has.</summary>
    public ulong MemoryPages => _frames.Pages;

    /// <summary>How many pages the program used at most.</summary>
    public ulong PeakPages => _frames.PeakPages;

    /// <summary>How many pages are free.</summary>
    public ulong FreePages => _frames.FreePages;

    /// <summary>How often the monitor itself met a page whose bytes are lost.</summary>
    public long LostPages { get; private set; }

    /// <summary>Whether entries were narrowed whose frames stayed: <see cref="VirtualMachine.ForgetTranslations"/> before the guest goes on.</summary>
    public bool MustForgetTranslations { get; private set; }

    /// <summary>Says that translations were forgotten.</summary>
    public void TranslationsForgotten() => MustForgetTranslations = false;

    /// <summary>Maps zeroed pages, in place of what was there; not more to write to than there is memory.</summary>
    /// <param name="range">Page aligned, not empty.</param>
    /// <param name="rights">What the program may do there.</param>
    /// <returns>0, or the error number.</returns>
    public int Map(AddressRange range, AccessRights rights)
    {
        if ((rights & AccessRights.Write) != 0 && range.Pages > MemoryPages)
        {
            return Errno.NoMemory;
        }

        int error = MapLazily(range, rights);
        if (error == 0 && rights != AccessRights.None)
        {
            _ = TryPopulate(AddressRange.FromPages(range.Start, Math.Min(range.Pages, WindowPages)), rights);
        }

        return error;
    }

    /// <summary>As <see cref="Map(AddressRange, AccessRights)"/>, but no page gets a frame before it is used.</summary>
    public int MapLazily(AddressRange range, AccessRights rights)
    {
        if (range.Start.Value < Lowest || range.End.Value > End || !_areas.HasRoom)
        {
            return range.Start.Value < Lowest ? Errno.NotPermitted : Errno.NoMemory;
        }

        Unmap(range);
        _areas.Add(new GuestArea(range, rights));
        return 0;
    }

    /// <summary>Maps zeroed pages somewhere.</summary>
    /// <param name="bytes">The length; page aligned, not 0.</param>
    /// <param name="rights">What the program may do there.</param>
    /// <param name="population">When they get frames.</param>
    /// <param name="address">Where they are.</param>
    /// <returns>0, or the error number.</returns>
    public int Map(ulong bytes, AccessRights rights, GuestPopulation population, out VirtualAddress address)
    {
        address = default;
        if (bytes > End || FindGap(bytes) is not { } gap)
        {
            return Errno.NoMemory;
        }

        address = gap;
        AddressRange range = AddressRange.FromLength(gap, bytes);
        return population == GuestPopulation.Ahead ? Map(range, rights) : MapLazily(range, rights);
    }

    /// <summary>Takes away what is mapped in a range, and gives up its contents.</summary>
    public void Unmap(AddressRange range)
    {
        Discard(range);
        _areas.Remove(range);
    }

    /// <summary>Gives up the contents of what is mapped in a range: its pages are zeroes when they are next used.</summary>
    public void Discard(AddressRange range)
    {
        foreach (GuestArea area in _areas.Inside(range))
        {
            for (VirtualAddress page = Next(area.Range.Start, area.Range.End); page < area.Range.End; page = Next(page + Page.SizeBytes, area.Range.End))
            {
                _frames.Return(_tables.Get(page).Address);
                _ = _tables.TrySet(page, GuestPte.Empty);
            }
        }

        _frames.DiscardReturned();
    }

    /// <summary>Changes rights.</summary>
    /// <returns>0, or the error number; where a hole ends it, what lies below has changed, as on Linux.</returns>
    public int Protect(AddressRange range, AccessRights rights)
    {
        if (!_areas.HasRoom)
        {
            return Errno.NoMemory;
        }

        VirtualAddress end = range.Start;
        foreach (GuestArea area in _areas.Inside(range))
        {
            if (area.Range.Start != end)
            {
                return Errno.NoMemory;
            }

            ProtectArea(area, rights);
            end = area.Range.End;
        }

        return end == range.End ? 0 : Errno.NoMemory;
    }

    /// <summary>Whether all of a range is mapped.</summary>
    public bool IsMapped(AddressRange range)
    {
        VirtualAddress end = range.Start;
        foreach (GuestArea area in _areas.Inside(range))
        {
            if (area.Range.Start != end)
            {
                return false;
            }

            end = area.Range.End;
        }

        return end == range.End;
    }

    /// <summary>Whether nothing is mapped in a range that programs can map.</summary>
    public bool IsFree(AddressRange range) => range.Start.Value >= Lowest && range.End.Value <= End && _areas.IsFree(range);

    /// <summary>Makes the mapping of a range longer or shorter, elsewhere if need be (mremap).</summary>
    /// <param name="range">What is mapped now, by one area.</param>
    /// <param name="bytes">The length that it shall have; page aligned, not 0.</param>
    /// <param name="mayMove">Whether it may go elsewhere.</param>
    /// <param name="address">Where it is then.</param>
    /// <returns>0, or the error number.</returns>
    public int Resize(AddressRange range, ulong bytes, bool mayMove, out VirtualAddress address)
    {
        address = range.Start;
        if (_areas.Find(range.Start) is not { } area || area.Range.Intersect(range) != range)
        {
            return Errno.BadAddress;
        }

        if (bytes <= range.LengthBytes)
        {
            Unmap(new AddressRange(range.Start + bytes, range.End));
            return 0;
        }

        if (bytes > End || range.Start.Value + bytes > End || bytes >> Page.Shift > MemoryPages)
        {
            return Errno.NoMemory;
        }

        AddressRange growth = new(range.End, range.Start + bytes);
        if (_areas.IsFree(growth))
        {
            return Map(growth, area.Rights);
        }

        return mayMove ? Move(range, bytes, area.Rights, out address) : Errno.NoMemory;
    }

    /// <summary>Serves a fault of the program.</summary>
    /// <param name="address">Where.</param>
    /// <param name="access">What it did.</param>
    public GuestFault Fault(VirtualAddress address, AccessRights access)
    {
        if (_areas.Find(address) is not { } area)
        {
            return GuestFault.NotMapped;
        }

        if (!Allows(area.Rights, access))
        {
            return GuestFault.Denied;
        }

        VirtualAddress page = address.AlignDown();
        VirtualAddress window = new(page.Value & ~((WindowPages << Page.Shift) - 1));
        AddressRange neighbours = AddressRange.FromPages(window, WindowPages).Intersect(area.Range);
        if (!TryPopulate(AddressRange.OfPage(page), area.Rights))
        {
            return GuestFault.OutOfMemory;
        }

        _ = TryPopulate(neighbours, area.Rights);
        return GuestFault.Served;
    }

    private static bool Allows(AccessRights rights, AccessRights access) =>
        access == AccessRights.Read ? rights != AccessRights.None : (rights & access) == access;

    private void ProtectArea(GuestArea area, AccessRights rights)
    {
        if (area.Rights == rights)
        {
            return;
        }

        _areas.Remove(area.Range);
        _areas.Add(area with { Rights = rights });
        for (VirtualAddress page = Next(area.Range.Start, area.Range.End); page < area.Range.End; page = Next(page + Page.SizeBytes, area.Range.End))
        {
            GuestPte entry = _tables.Get(page);
            GuestPte changed = entry.With(rights);
            MustForgetTranslations |= entry.IsNarrowedBy(changed);
            _ = _tables.TrySet(page, changed);
        }
    }

    private int Move(AddressRange range, ulong bytes, AccessRights rights, out VirtualAddress address)
    {
        address = range.Start;
        if (FindGap(bytes) is not { } gap || !_areas.HasRoom)
        {
            return Errno.NoMemory;
        }

        _areas.Add(new GuestArea(AddressRange.FromLength(gap, bytes), rights));
        for (VirtualAddress page = Next(range.Start, range.End); page < range.End; page = Next(page + Page.SizeBytes, range.End))
        {
            if (!_tables.TrySet(gap + (page - range.Start), _tables.Get(page)))
            {
                MoveBack(range, gap, page);
                _areas.Remove(AddressRange.FromLength(gap, bytes));
                return Errno.NoMemory;
            }

            _ = _tables.TrySet(page, GuestPte.Empty);
            MustForgetTranslations = true;
        }

        _areas.Remove(range);
        address = gap;
        return 0;
    }

    /// <summary>Undoes a move that got so far.</summary>
    private void MoveBack(AddressRange range, VirtualAddress gap, VirtualAddress reached)
    {
        for (VirtualAddress page = range.Start; page < reached; page += Page.SizeBytes)
        {
            VirtualAddress moved = gap + (page - range.Start);
            if (_tables.Get(moved) is { HasFrame: true } entry)
            {
                _ = _tables.TrySet(page, entry);
                _ = _tables.TrySet(moved, GuestPte.Empty);
            }
        }
    }

    private bool TryPopulate(AddressRange range, AccessRights rights)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            if (_tables.Get(page).HasFrame)
            {
                continue;
            }

            if (!_frames.TryTake(out GuestPhysicalAddress frame))
            {
                return false;
            }

            if (!_tables.TrySet(page, GuestPte.User(frame, rights)))
            {
                _frames.Return(frame);
                _frames.DiscardReturned();
                return false;
            }
        }

        return true;
    }

    /// <summary>A free place, with room behind it: what a program makes longer then stays where it is.</summary>
    private VirtualAddress? FindGap(ulong bytes)
    {
        const ulong LeastRoom = 128 << 10;
        const ulong MostRoom = 64 << 20;
        ulong room = Math.Clamp(bytes, LeastRoom, MostRoom);
        return _areas.FindGap(bytes, room & ~Page.OffsetMask, new AddressRange(new VirtualAddress(Lowest), new VirtualAddress(End)));
    }

    private VirtualAddress Next(VirtualAddress from, VirtualAddress end) => _tables.NextWithFrame(from, end);
}
