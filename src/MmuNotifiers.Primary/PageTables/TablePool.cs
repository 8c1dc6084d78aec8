using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Native memory for the page tables of all address spaces of one <see cref="PhysicalMemory"/>. What once was a table stays one, and
/// its memory stays readable, until the pool is disposed: so a walk without a lock may meet a table that has been given back or
/// serves another address space by now, may even take its lock, and finds out by <see cref="LeafTable.BelongsTo"/>.
/// </summary>
internal sealed unsafe class TablePool : IDisposable
{
    /// <summary>Size of a table in bytes.</summary>
    internal const int TableBytes = LeafHeader.SizeBytes + (LeafTable.Entries * sizeof(ulong));

    private const int TablesInSlab = 63;
    private const int SlabBytes = TablesInSlab * TableBytes;

    private readonly SharedLock _lock = new();

    /// <summary>What was taken from the system. Guarded by the lock.</summary>
    private readonly List<nint> _slabs = [];

    /// <summary>The first table that was given back, linked through the headers. Guarded by the lock.</summary>
    private LeafHeader* _firstFree;

    /// <summary>The next table of the last slab that was never used. Guarded by the lock.</summary>
    private byte* _neverUsed;

    /// <summary>The end of the last slab. Guarded by the lock.</summary>
    private byte* _slabEnd;

    /// <summary>How many tables are in use. Guarded by the lock.</summary>
    private int _tables;

    /// <summary>How many tables are in use, of all levels and address spaces.</summary>
    internal int Tables
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            return _tables;
        }
    }

    /// <summary>Takes a table whose 512 entries are zero. What its header counts goes on counting.</summary>
    internal nint Take()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _tables++;
        LeafHeader* table = _firstFree;
        if (table is not null)
        {
            _firstFree = table->NextFree;
            return (nint)table;
        }

        if (_neverUsed == _slabEnd)
        {
            AddSlab();
        }

        table = (LeafHeader*)_neverUsed;
        _neverUsed += TableBytes;
        return (nint)table;
    }

    /// <summary>Gives a table back. Its entries are zero again, and it belongs to nobody.</summary>
    internal void Give(nint table)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _tables--;
        LeafHeader* header = (LeafHeader*)table;
        header->NextFree = _firstFree;
        _firstFree = header;
    }

    /// <summary>Takes all tables from whoever uses them, who never does again.</summary>
    internal void GiveUp()
    {
        foreach (nint slab in _slabs)
        {
            // SAFETY: a slab has this size; whoever used its tables is gone.
            NativeMemory.Clear((void*)slab, slab == _slabs[^1] ? (nuint)(_neverUsed - (byte*)slab) : SlabBytes);
        }

        _tables = 0;
    }

    /// <summary>Brings the pool back to the state in which it was made, but for the memory that it has. No table is in use.</summary>
    internal void Reset()
    {
        InvariantViolationException.ThrowIf(_tables != 0, "A pool of page tables is reset while one is in use.");
        if (_slabs.Count > 1)
        {
            Dispose();
        }

        byte* used = _slabs.Count == 0 ? null : (byte*)_slabs[0];
        for (byte* table = used; table < _neverUsed; table += TableBytes)
        {
            // SAFETY: a table's header lies at its start, and the tables of a slab follow one another.
            *(LeafHeader*)table = default;
        }

        _firstFree = null;
        _neverUsed = used;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint slab in _slabs)
        {
            NativeMemory.AlignedFree((void*)slab);
        }

        _slabs.Clear();
        _firstFree = null;
        _neverUsed = _slabEnd = null;
    }

    private void AddSlab()
    {
        // SAFETY: freed once in Dispose, which is called when no address space is left; cut into whole tables only.
        byte* slab = (byte*)NativeMemory.AlignedAlloc(SlabBytes, LeafHeader.SizeBytes);
        NativeMemory.Clear(slab, SlabBytes);
        _slabs.Add((nint)slab);
        _neverUsed = slab;
        _slabEnd = slab + SlabBytes;
    }
}
