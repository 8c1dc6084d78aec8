using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A small cache over the primary's own page table: hardware that walks the table, keeps what it found with its rights, and forgets only what
/// it is told to forget. It is flushed under the page-table lock, so nothing of it blocks.
/// </summary>
/// <remarks>
/// <code>
///   fill                                      flush, after the pte has changed
///   g = generation                            generation + 1
///   walk the table                            exchange the entries for nothing
///   entry = pending; fence                    wait for accesses in flight
///   generation is not g? again
///   pending -> usable, if it is still there
/// </code>
/// A page that is cached for reading is not walked again for a store: the device faults, and goes on faulting until it is told to forget the
/// entry, as some hardware does.
/// </remarks>
internal class SharedTableTlb : ISecondaryTlb, ISmallMirror
{
    private readonly IPrimaryMmu _primary;
    private readonly MirrorTable _table;

    /// <summary>How many flushes there were.</summary>
    private int _generation;

    /// <summary>How many accesses are in flight.</summary>
    private int _inside;

    internal SharedTableTlb(IPrimaryMmu primary)
    {
        _primary = primary;
        _table = new MirrorTable(primary);
        primary.Register((ISecondaryTlb)this);
    }

    public virtual void Invalidate(AddressRange range)
    {
        Shared.Add(ref _generation, 1, this);
        _table.Drop(range);
        SharedSpin spin = default;
        while (Shared.Read(in _inside, this) != 0)
        {
            spin.Once();
        }
    }

    public bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        Shared.Add(ref _inside, 1, this);
        bool done = _table.TryLoad(address, destination);
        Shared.Add(ref _inside, -1, this);
        return done;
    }

    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        Shared.Add(ref _inside, 1, this);
        bool done = _table.TryStore(address, source);
        Shared.Add(ref _inside, -1, this);
        return done;
    }

    public FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        int generation = Shared.Read(in _generation, this);
        RangeFaultResult walked = _primary.FaultRange(AddressRange.OfPage(address), access, translation);
        if (walked.Succeeded && !_table[address].Exists)
        {
            MirrorEntry pending = new(translation[0].Frame, AccessRights.None);
            _table.Set(address, pending);
            Shared.Fence();
            MirrorEntry usable = Shared.Read(in _generation, this) == generation
                ? new MirrorEntry(translation[0].Frame, translation[0].Rights & AccessRights.ReadWrite)
                : default;
            _table.TryReplace(address, pending, usable);
        }
        else
        {
            default(SharedSpin).Once();
        }

        return walked.Result;
    }
}
