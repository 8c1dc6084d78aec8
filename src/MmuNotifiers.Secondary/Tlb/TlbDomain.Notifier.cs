using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>The callbacks of the address space.</summary>
public sealed partial class TlbDomain : IMmuNotifier, IAgingNotifier
{
    // Guarded by the lock.
    private long _callbacks;
    private long _uselessCallbacks;
    private long _pagesNamed;
    private long _pagesInvalidated;

    bool IMmuNotifier.InvalidateRangeStart(in InvalidationRange range)
    {
        if (range.IsBlockable)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return false;
        }

        Brackets.Start(range.Range);

        // Pairs with the fence of the install.
        Shared.Fence();
        long dropped = ShootDownLocked(range.Range);
        _callbacks++;
        _uselessCallbacks += dropped == 0 ? 1 : 0;
        _pagesNamed += (long)range.Range.Pages;
        _pagesInvalidated += dropped;
        _lock.Exit();
        return true;
    }

    void IMmuNotifier.InvalidateRangeEnd(in InvalidationRange range)
    {
        _lock.EnterOrSpin(range.IsBlockable);
        Brackets.End();
        _lock.Exit();
    }

    void IMmuNotifier.Release() => StopMirroring();

    /// <remarks>The TLBs have no accessed bits: what is there was used, and the next use faults it in again.</remarks>
    bool IAgingNotifier.ClearFlushYoung(AddressRange range) => DropForAgeing(range);

    bool IAgingNotifier.ClearYoung(AddressRange range) => DropForAgeing(range);

    void IAgingNotifier.ClearYoung(scoped in AgeQuery query)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (cpu.MayHold(query.Range))
            {
                cpu.DropForOwner(in query);
            }
        }
    }

    bool IAgingNotifier.TestYoung(VirtualAddress address)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (cpu.Holds(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>No wait for the CPUs: the translations stay true, only their next use must be seen.</summary>
    private bool DropForAgeing(AddressRange range)
    {
        int dropped = 0;
        using SharedLock.Scope scope = _lock.EnterScope();
        foreach (SoftwareTlb cpu in _cpus)
        {
            dropped += cpu.MayHold(range) ? cpu.DropForOwner(range) : 0;
        }

        return dropped != 0;
    }

    /// <summary>Opens a bracket over everything that never ends.</summary>
    private void StopMirroring()
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        if (!_released)
        {
            Shared.Write(ref _released, true, this);
            Brackets.Start(AddressRange.All);
            Shared.Fence();
            ShootDownLocked(AddressRange.All);
        }
    }
}
