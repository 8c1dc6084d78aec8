namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>
/// Page tables of four levels for one guest address space. They lie in memory of the monitor's own, which is never paged. Not safe from several
/// threads; used while the guest does not run.
/// </summary>
/// <remarks>
/// An entry that becomes present, or gets more rights, needs nothing else: the guest faults on it at most once more. An entry that loses
/// (<see cref="GuestPte.IsNarrowedBy"/>) leaves translations behind in the processor or in KVM's shadow of the tables, which sees only edits by the
/// guest: <see cref="VirtualMachine.ForgetTranslations"/> before the guest runs again.
/// </remarks>
internal sealed unsafe class GuestPageTables
{
    private const int Entries = 512;
    private const int IndexBits = 9;
    private const int TopShift = 39;
    private const int LargeShift = 21;

    private readonly ulong* _memory;
    private readonly long _mostPages;
    private long _pages = 1;

    /// <summary>Makes a top table at the start of a range of zeroed monitor memory.</summary>
    /// <param name="memory">Where the range lies in this process.</param>
    /// <param name="start">The first guest-physical address of the range, page aligned.</param>
    /// <param name="pages">How many pages it has; at least 1.</param>
    public GuestPageTables(nint memory, GuestPhysicalAddress start, long pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);
        _memory = (ulong*)memory;
        _mostPages = pages;
        Top = start;
    }

    /// <summary>The top table, for CR3.</summary>
    public GuestPhysicalAddress Top { get; }

    /// <summary>The entry of a page, or an empty one where there is no table.</summary>
    public GuestPte Get(VirtualAddress address)
    {
        ulong* entry = Walk(address, Page.Shift, makeTables: false);
        return entry is null ? GuestPte.Empty : new GuestPte(*entry);
    }

    /// <summary>Sets the entry of a page.</summary>
    /// <returns>False if there is no room for the tables that it takes; nothing has changed then for the guest.</returns>
    public bool TrySet(VirtualAddress address, GuestPte entry) => TrySet(address, Page.Shift, entry);

    /// <summary>Sets the entry of 2 MiB in which the address lies.</summary>
    /// <returns>False if there is no room for the tables that it takes.</returns>
    public bool TrySetLarge(VirtualAddress address, GuestPte entry) => TrySet(address, LargeShift, entry);

    /// <summary>The first page from an address on, below an end, whose entry is not empty; the end if there is none. Takes no longer than there are tables.</summary>
    public VirtualAddress NextWithFrame(VirtualAddress from, VirtualAddress end)
    {
        VirtualAddress address = from;
        while (address < end)
        {
            int shift = AbsentShift(address);
            if (shift == 0)
            {
                return address;
            }

            ulong next = ((address.Value >> shift) + 1) << shift;
            if (next <= address.Value)
            {
                break;
            }

            address = new VirtualAddress(next);
        }

        return end;
    }

    /// <summary>How much of the address space around an address is known to be empty, as a power of two; 0 if the page has an entry.</summary>
    private int AbsentShift(VirtualAddress address)
    {
        ulong table = Top.Value;
        for (int shift = TopShift; ; shift -= IndexBits)
        {
            GuestPte entry = new(*EntryAt(table, address, shift));
            if (entry == GuestPte.Empty)
            {
                return shift;
            }

            if (shift == Page.Shift)
            {
                return 0;
            }

            table = entry.Address.Value;
        }
    }

    private bool TrySet(VirtualAddress address, int shift, GuestPte entry)
    {
        ulong* place = Walk(address, shift, makeTables: entry != GuestPte.Empty);
        if (place is null)
        {
            return entry == GuestPte.Empty;
        }

        *place = entry.Bits;
        return true;
    }

    private ulong* Walk(VirtualAddress address, int leafShift, bool makeTables)
    {
        ulong table = Top.Value;
        for (int shift = TopShift; ; shift -= IndexBits)
        {
            ulong* entry = EntryAt(table, address, shift);
            if (shift == leafShift)
            {
                return entry;
            }

            GuestPte next = new(*entry);
            if (!next.IsPresent)
            {
                if (!makeTables || _pages == _mostPages)
                {
                    return null;
                }

                next = GuestPte.Table(Top + ((ulong)_pages++ << Page.Shift));
                *entry = next.Bits;
            }

            table = next.Address.Value;
        }
    }

    // SAFETY: tables are pages of the range that the constructor was given; the index is below 512.
    private ulong* EntryAt(ulong table, VirtualAddress address, int shift) =>
        _memory + ((table - Top.Value) / sizeof(ulong)) + ((address.Value >> shift) & (Entries - 1));
}
