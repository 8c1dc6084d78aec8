using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The four-level radix table of one address space, 48 bits of address. Walks take no lock. Tables above the leaves live as
/// long as the address space; a leaf may leave earlier, see <see cref="LeafTable"/>.
/// </summary>
internal sealed unsafe class PageTable : IDisposable
{
    private const int Levels = 4;
    private const int LevelBits = 9;
    private const int Fanout = 1 << LevelBits;
    private const int TopShift = Page.Shift + ((Levels - 1) * LevelBits);
    private const int LeafShift = Page.Shift + LevelBits;
    private const ulong AddressLimit = 1UL << (TopShift + LevelBits);

    private readonly TablePool _pool;
    private nint _root;

    internal PageTable(TablePool pool)
    {
        _pool = pool;
        _root = pool.Take();
    }

    /// <summary>The first table: tells page tables apart while they live.</summary>
    internal nint Root => _root;

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

    /// <summary>The first leaf at or above an address. Takes no lock, so the leaf may leave at once: see <see cref="LeafTable.BelongsTo"/>.</summary>
    /// <param name="address">Becomes the first address that the leaf translates.</param>
    /// <param name="leaf">The leaf.</param>
    internal bool TryFindNext(ref VirtualAddress address, out LeafTable leaf)
    {
        while (address.Value < AddressLimit)
        {
            nint table = _root;
            int shift = TopShift;
            while (shift > Page.Shift && table != 0 && TrySkipEmpty(table, shift, ref address))
            {
                table = Shared.Read(in Child(table, address, shift), step: "page directory");
                shift -= LevelBits;
            }

            if (shift == Page.Shift && table != 0)
            {
                leaf = new LeafTable((LeafHeader*)table);
                address = new VirtualAddress(address.Value & ~(LeafTable.SpanBytes - 1));
                return true;
            }
        }

        leaf = default;
        return false;
    }

    /// <summary>Goes on to the next entry of a directory that is not empty; what it finds must be read again.</summary>
    /// <param name="table">The directory.</param>
    /// <param name="shift">Its level.</param>
    /// <param name="address">Translated by the directory; becomes the first address behind the empty entries.</param>
    /// <returns>False if the rest of the directory is empty: the address lies behind it.</returns>
    private static bool TrySkipEmpty(nint table, int shift, ref VirtualAddress address)
    {
        int index = (int)(address.Value >> shift) & (Fanout - 1);
        ref nint first = ref Slot(table, index);
        Shared.BeforeRead((nint)Unsafe.AsPointer(ref first), (Fanout - index) * sizeof(nint), "page directory");

        // SAFETY: the directory's entries from the index to its end, which stay as long as the address space.
        int empty = MemoryMarshal.CreateReadOnlySpan(ref first, Fanout - index).IndexOfAnyExcept(0);
        if (empty != 0)
        {
            ulong next = (address.Value >> shift) + (ulong)(empty < 0 ? Fanout - index : empty);
            address = new VirtualAddress(next << shift);
        }

        return empty >= 0;
    }

    /// <summary>Takes a leaf out that is locked and empty, unlocks it, and gives it back. The map lock is held, no area is in its reach.</summary>
    internal void Remove(LeafTable leaf)
    {
        InvariantViolationException.ThrowIf(leaf.Used != 0, "A page table is given back with pages in it.");
        VirtualAddress address = leaf.Range.Start;
        nint table = _root;
        for (int shift = TopShift; shift > LeafShift; shift -= LevelBits)
        {
            table = Child(table, address, shift);
        }

        ref nint child = ref Child(table, address, LeafShift);
        nint removed = child;
        Shared.Write(ref child, 0, step: "page directory");
        leaf.Leave();
        leaf.Unlock();
        _pool.Give(removed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free(_root, TopShift);
        _root = 0;
    }

    private void Free(nint table, int shift)
    {
        if (shift == Page.Shift)
        {
            LeafTable leaf = new((LeafHeader*)table);
            InvariantViolationException.ThrowIf(leaf.Used != 0, "A page table is freed with pages in it.");
            leaf.Leave();
            _pool.Give(table);
            return;
        }

        for (int i = 0; i < Fanout; i++)
        {
            ref nint child = ref Slot(table, i);
            if (child != 0)
            {
                Free(child, shift - LevelBits);
                child = 0;
            }
        }

        _pool.Give(table);
    }

    // SAFETY: a table has 512 entries behind its header, and the index is nine bits wide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref nint Child(nint table, VirtualAddress address, int shift) =>
        ref Slot(table, (int)(address.Value >> shift) & (Fanout - 1));

    // SAFETY: see Child.
    private static ref nint Slot(nint table, int index) => ref ((nint*)(table + LeafHeader.SizeBytes))[index];

    private nint Install(ref nint child, VirtualAddress address, bool isLeaf)
    {
        nint made = _pool.Take();
        if (isLeaf)
        {
            new LeafTable((LeafHeader*)made).Join(_root, address.Value & ~(LeafTable.SpanBytes - 1));
        }

        nint found = Shared.CompareExchange(ref child, made, 0, step: "page directory");
        if (found != 0)
        {
            new LeafTable((LeafHeader*)made).Leave();
            _pool.Give(made);
            return found;
        }

        return made;
    }
}
