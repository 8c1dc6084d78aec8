using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A mirror whose devices access memory without its lock. Each marks its accesses, and an invalidation waits, after it dropped the entries,
/// until those in flight are over: the flush.
/// </summary>
internal class GatedMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    /// <summary>How many accesses are in flight.</summary>
    private int _inside;

    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!TryEnter(in range))
        {
            return false;
        }

        Record.Start(range.Range);
        Table.Drop(range.Range);
        AwaitAccesses();
        Lock.Exit();
        return true;
    }

    public override bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        Shared.Add(ref _inside, 1, this);
        bool done = TryLoad(address, destination);
        Shared.Add(ref _inside, -1, this);
        return done;
    }

    public override bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        Shared.Add(ref _inside, 1, this);
        bool done = Table.TryStore(address, source);
        Shared.Add(ref _inside, -1, this);
        return done;
    }

    /// <summary>One look at the table and one load, inside a marked access.</summary>
    protected virtual bool TryLoad(VirtualAddress address, Span<byte> destination) => Table.TryLoad(address, destination);

    /// <summary>Waits until nobody uses an entry that was dropped.</summary>
    protected virtual void AwaitAccesses()
    {
        SharedSpin spin = default;
        while (Shared.Read(in _inside, this) != 0)
        {
            spin.Once();
        }
    }
}
