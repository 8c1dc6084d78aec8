using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A small mirror of one interval: the sequence of its subscription says whether a bracket collided.</summary>
internal class IntervalMirror : IIntervalNotifier, IMirrorTarget, ISmallMirror
{
    private readonly MirrorLoop _loop;
    private readonly SharedLock _lock = new();

    /// <summary>Makes a mirror of an interval and subscribes it.</summary>
    internal IntervalMirror(IPrimaryMmu primary, AddressRange interval)
    {
        Table = new MirrorTable(primary);
        _loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        Subscription = primary.Register(this, interval);
    }

    /// <summary>The subscription, with the sequence.</summary>
    protected IntervalSubscription Subscription { get; }

    /// <summary>The entries. Guarded by the lock.</summary>
    protected MirrorTable Table { get; }

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.IsBlockable)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return false;
        }

        InvalidateLocked(subscription, range.Range, sequence);
        _lock.Exit();
        return true;
    }

    /// <inheritdoc/>
    public virtual bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = Subscription.ReadBegin();
        return true;
    }

    /// <inheritdoc/>
    public virtual bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (Subscription.ReadRetry(sequence))
        {
            return false;
        }

        Table.Set(range.Start, new MirrorEntry(translations[0].Frame, translations[0].Rights & (AccessRights.Read | access)));
        return true;
    }

    /// <inheritdoc/>
    public bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return Table.TryLoad(address, destination);
    }

    /// <inheritdoc/>
    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return Table.TryStore(address, source);
    }

    /// <inheritdoc/>
    public FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        return _loop.Fault(this, AddressRange.OfPage(address), access, translation).Result;
    }

    /// <summary>What an invalidation does. The lock is held.</summary>
    protected virtual void InvalidateLocked(IntervalSubscription subscription, AddressRange range, ulong sequence)
    {
        subscription.SetSequence(sequence);
        Table.Drop(range);
    }
}
