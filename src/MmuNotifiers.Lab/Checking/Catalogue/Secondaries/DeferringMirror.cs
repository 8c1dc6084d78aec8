using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// Finds its lock taken and puts the invalidation off: whoever has the lock does it later (B28). The bracket goes on as if it were done.
/// </summary>
internal sealed class DeferringMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    private readonly SharedLock _queueLock = new();

    /// <summary>What is still to be dropped. Guarded by the queue lock.</summary>
    private AddressRange _deferred;

    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (Lock.TryEnter())
        {
            Table.Drop(range.Range);
            Lock.Exit();
        }
        else
        {
            using SharedLock.Scope held = _queueLock.EnterScope();
            _deferred = _deferred.Span(range.Range);
        }

        return true;
    }

    public override void InvalidateRangeEnd(in InvalidationRange range)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        Record.Start(range.Range);
        Record.End(range.Range);
    }

    public override bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        bool done = base.TryRead(address, destination);
        DoDeferred();
        return done;
    }

    private void DoDeferred()
    {
        using SharedLock.Scope held = _queueLock.EnterScope();
        Table.Drop(_deferred);
        _deferred = default;
    }
}
