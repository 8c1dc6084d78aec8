using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A cache of one page's frame with a lock of its own, beside a shadow MMU's count and sequence: KVM's gfn_to_pfn_cache. A bracket first
/// invalidates the cache and only then counts itself in progress, so that a refresh must ask for the count that rises earlier.
/// </summary>
/// <remarks>
/// <code>
///   start   active + 1; cache lock: invalid; mmu lock: in progress + 1, sequence kept
///   end     mmu lock: sequence + 1, in progress - 1; active - 1
///   refresh cache lock: invalid; s = sequence; unlock; look-up; lock; again while a bracket is active or the sequence is not s; valid
/// </code>
/// </remarks>
internal class PfnCache : IMmuNotifier, ISmallMirror
{
    private readonly IPrimaryMmu _primary;
    private readonly MirrorTable _table;
    private readonly SharedLock _cacheLock = new();
    private readonly SharedLock _mmuLock = new();

    /// <summary>Brackets that are open (KVM's mn_active_invalidate_count).</summary>
    private int _active;

    internal PfnCache(IPrimaryMmu primary)
    {
        _primary = primary;
        _table = new MirrorTable(primary);
        primary.Register((IMmuNotifier)this);
    }

    /// <summary>Guarded by the mmu lock; read without it.</summary>
    protected BracketSequence Brackets { get; } = new();

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        Shared.Add(ref _active, 1, this);
        using (_cacheLock.EnterScope())
        {
            _table.Drop(range.Range);
        }

        using SharedLock.Scope held = _mmuLock.EnterScope();
        Brackets.Start(range.Range);
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        using (_mmuLock.EnterScope())
        {
            Brackets.End();
        }

        Shared.Add(ref _active, -1, this);
    }

    public void Release()
    {
        Shared.Add(ref _active, 1, this);
        using SharedLock.Scope held = _cacheLock.EnterScope();
        _table.Drop(AddressRange.All);
    }

    public bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        using SharedLock.Scope held = _cacheLock.EnterScope();
        return _table.TryLoad(address, destination);
    }

    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = _cacheLock.EnterScope();
        return _table.TryStore(address, source);
    }

    /// <summary>Refreshes the cache.</summary>
    public FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        AddressRange page = AddressRange.OfPage(address);
        Span<Translation> translation = stackalloc Translation[1];
        SharedSpin spin = default;
        while (true)
        {
            ulong sequence = Brackets.Sample();
            RangeFaultResult found = _primary.FaultRange(page, access, translation);
            if (!found.Succeeded)
            {
                return found.Result;
            }

            using (_cacheLock.EnterScope())
            {
                if (!IsBusy(page) && Brackets.Sample() == sequence)
                {
                    _table.Set(page.Start, new MirrorEntry(translation[0].Frame, translation[0].Rights & (AccessRights.Read | access)));
                    return FaultResult.Success;
                }
            }

            spin.Once();
        }
    }

    /// <summary>Whether a bracket is open that may have invalidated the cache already.</summary>
    protected virtual bool IsBusy(AddressRange page) => Shared.Read(in _active, this) != 0;
}
