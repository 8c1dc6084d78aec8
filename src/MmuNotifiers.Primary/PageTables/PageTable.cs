using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The four-level radix table of one address space, 48 bits of address. Walks take no lock; tables, once made, live as long as the
/// address space, so that a walk never meets a freed one.
/// </summary>
internal sealed unsafe class PageTable : IDisposable
{
    private const int Levels = 4;
    private const int LevelBits = 9;
    private const int Fanout = 1 << LevelBits;
    private const int TopShift = Page.Shift + ((Levels - 1) * LevelBits);
    private const int LeafShift = Page.Shift + LevelBits;
    private const ulong AddressLimit = 1UL << (TopShift + LevelBits);
    private const nuint TableBytes = LeafHeader.SizeBytes + (Fanout * sizeof(ulong));

    private nint _root;

    internal PageTable() => _root = Allocate();

    /// <summary>How many leaf tables there are. For reports; exact only while nobody faults.</summary>
    internal int Leaves { get; private set; }

    /// <summary>The leaf for an address, or a null leaf if there is none yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LeafTable Find(VirtualAddress address)
    {
        if (address.Value >= AddressLimit)
        {
            return default;
        }

        nint table = _root;
        for (int shift = TopShift; shift > Page.Shift; shift -= LevelBits)
        {
            table = Shared.Read(in Child(table, address, shift), step: "page directory");
            if (table == 0)
            {
                return default;
            }
        }

        return new LeafTable((LeafHeader*)table);
    }

    /// <summary>The leaf for an address of an area, made if need be.</summary>
    internal LeafTable Ensure(VirtualAddress address)
    {
        nint table = _root;
        for (int shift = TopShift; shift > Page.Shift; shift -= LevelBits)
        {
            ref nint child = ref Child(table, address, shift);
            nint next = Shared.Read(in child, step: "page directory");
            table = next != 0 ? next : Install(ref child, address, isLeaf: shift == LeafShift);
        }

        return new LeafTable((LeafHeader*)table);
    }

    /// <summary>The first leaf that translates an address of the range.</summary>
    /// <returns>A null leaf if the range has none.</returns>
    internal LeafTable First(AddressRange range)
    {
        VirtualAddress address = range.Start;
        VirtualAddress end = new(Math.Min(range.End.Value, AddressLimit));
        while (address < end)
        {
            nint table = _root;
            int shift = TopShift;
            for (; shift > Page.Shift; shift -= LevelBits)
            {
                table = Shared.Read(in Child(table, address, shift), step: "page directory");
                if (table == 0)
                {
                    break;
                }
            }

            if (table != 0)
            {
                return new LeafTable((LeafHeader*)table);
            }

            ulong span = 1UL << shift;
            address = new VirtualAddress((address.Value | (span - 1)) + 1);
        }

        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free(_root, TopShift);
        _root = 0;
    }

    private static nint Allocate()
    {
        // SAFETY: freed by Free, once, when the table is disposed; zeroed, so that every child is absent and every pte none.
        byte* table = (byte*)NativeMemory.AlignedAlloc(TableBytes, LeafHeader.SizeBytes);
        NativeMemory.Clear(table, TableBytes);
        return (nint)table;
    }

    private static void Free(nint table, int shift)
    {
        if (table == 0)
        {
            return;
        }

        for (int i = 0; shift > Page.Shift && i < Fanout; i++)
        {
            Free(Slot(table, i), shift - LevelBits);
        }

        NativeMemory.AlignedFree((void*)table);
    }

    // SAFETY: a table has 512 entries behind its header, and the index is nine bits wide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref nint Child(nint table, VirtualAddress address, int shift) =>
        ref Slot(table, (int)(address.Value >> shift) & (Fanout - 1));

    // SAFETY: see Child.
    private static ref nint Slot(nint table, int index) => ref ((nint*)(table + LeafHeader.SizeBytes))[index];

    private nint Install(ref nint child, VirtualAddress address, bool isLeaf)
    {
        nint made = Allocate();
        if (isLeaf)
        {
            ((LeafHeader*)made)->BaseAddress = address.Value & ~(LeafTable.SpanBytes - 1);
        }

        nint found = Shared.CompareExchange(ref child, made, 0, step: "page directory");
        if (found != 0)
        {
            NativeMemory.AlignedFree((void*)made);
            return found;
        }

        Leaves += isLeaf ? 1 : 0;
        return made;
    }
}
