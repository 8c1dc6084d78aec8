using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// The smallest secondary MMU that keeps the protocol: a table of a few pages, one lock, a record of brackets. Its devices access memory
/// under the lock, so that an invalidation that holds it need not wait for them. The broken mirrors of this folder differ in one place each.
/// </summary>
/// <remarks>
/// <code>
///   device                                    bracket
///   s = sample                                start: lock; record the bracket; drop the range; unlock
///   FaultRange                                ptes change, frames are freed
///   lock; collided with s? again: install     end: lock; record the end; unlock
///   lock; entry; access; unlock
/// </code>
/// </remarks>
internal class PageMirror : IMmuNotifier, IMirrorTarget, ISmallMirror, IDisposable
{
    private readonly MirrorLoop _loop;
    private readonly NotifierSubscription _subscription;

    /// <summary>Makes a mirror and subscribes it.</summary>
    internal PageMirror(IPrimaryMmu primary, ICollisionRecord record)
    {
        Primary = primary;
        Record = record;
        Table = new MirrorTable(primary);
        _loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        _subscription = primary.Register((IMmuNotifier)this);
    }

    /// <summary>Whom it mirrors.</summary>
    protected IPrimaryMmu Primary { get; }

    /// <summary>The user lock.</summary>
    protected SharedLock Lock { get; } = new();

    /// <summary>How collisions are noticed.</summary>
    protected ICollisionRecord Record { get; }

    /// <summary>The entries.</summary>
    protected MirrorTable Table { get; }

    /// <summary>A mirror without a fault.</summary>
    internal static PageMirror Correct(IPrimaryMmu primary) => new(primary, new CountAndSequence());

    /// <summary>Ends its subscription.</summary>
    public void Dispose() => _subscription.Dispose();

    /// <inheritdoc/>
    public virtual bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!TryEnter(in range))
        {
            return false;
        }

        Record.Start(range.Range);
        Table.Drop(range.Range);
        Lock.Exit();
        return true;
    }

    /// <inheritdoc/>
    public virtual void InvalidateRangeEnd(in InvalidationRange range)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        Record.End(range.Range);
    }

    /// <summary>A bracket over everything that never ends.</summary>
    public virtual void Release()
    {
        using SharedLock.Scope held = Lock.EnterScope();
        Record.Start(AddressRange.All);
        Table.Drop(AddressRange.All);
    }

    /// <inheritdoc/>
    public virtual bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = Record.Sample();
        return true;
    }

    /// <inheritdoc/>
    public virtual bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        if (Record.MustRetry(range, sequence))
        {
            return false;
        }

        Table.Set(range.Start, EntryFor(translations[0], access));
        return true;
    }

    /// <inheritdoc/>
    public virtual bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        return Table.TryLoad(address, destination);
    }

    /// <inheritdoc/>
    public virtual bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        return Table.TryStore(address, source);
    }

    /// <inheritdoc/>
    public virtual FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        return _loop.Fault(this, AddressRange.OfPage(address), access, translation).Result;
    }

    /// <summary>The lock, as a bracket may take it: without waiting where the range is not blockable.</summary>
    protected virtual bool TryEnter(in InvalidationRange range)
    {
        if (!range.IsBlockable)
        {
            return Lock.TryEnter();
        }

        Lock.Enter();
        return true;
    }

    /// <summary>What is installed: what the pte allows, and stores only if they were asked for.</summary>
    protected virtual MirrorEntry EntryFor(Translation translation, AccessRights access) => new(
        translation.Frame,
        translation.Rights & ((access & AccessRights.Write) != 0 ? AccessRights.ReadWrite : AccessRights.Read));
}
