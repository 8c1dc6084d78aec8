using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>The callbacks of the address space.</summary>
/// <remarks>
/// <code>
///   start   active++                            before anything else: from here on the slots stay as they are
///           a slot overlaps? mmu lock:          otherwise lock, count and sequence are left alone
///             count the bracket
///             zap, tell the primary what was written and used, wait for accesses in flight
///   end     the same slots: mmu lock:           raise the sequence, then uncount
///           active--, wake a change of slots that waits
/// </code>
/// </remarks>
public sealed partial class ShadowMmu : IMmuNotifier, IAgingNotifier
{
    /// <summary>KVM's mn_invalidate_lock.</summary>
    private readonly SharedMonitor _activeMonitor = new();

    /// <summary>Open brackets (KVM's mn_active_invalidate_count). Guarded by the active monitor.</summary>
    private int _activeBrackets;

    // Guarded by the active monitor.
    private long _callbacks;
    private long _pagesNamed;
    private long _lookUps;

    // Guarded by the mmu lock.
    private long _slotCallbacks;
    private long _slotPagesNamed;
    private long _usefulCallbacks;
    private long _pagesInvalidated;
    private long _flushes;

    bool IMmuNotifier.InvalidateRangeStart(in InvalidationRange range)
    {
        MemorySlots slots = EnterBracket(range.Range);
        if (!slots.Overlapping(range.Range).MoveNext())
        {
            return true;
        }

        if (range.IsBlockable)
        {
            _mmuLock.Enter();
        }
        else if (!_mmuLock.TryEnter())
        {
            LeaveBracket();
            return false;
        }

        Brackets.Start(range.Range);
        int zapped = ZapLocked(slots, range.Range);
        _usefulCallbacks += zapped > 0 ? 1 : 0;
        _pagesInvalidated += zapped;
        _mmuLock.Exit();
        return true;
    }

    void IMmuNotifier.InvalidateRangeEnd(in InvalidationRange range)
    {
        // The slots are those of the start, since the count holds changes back.
        if (Shared.Read(in _slots, this).Overlapping(range.Range).MoveNext())
        {
            _mmuLock.EnterOrSpin(range.IsBlockable);
            Brackets.End();
            _mmuLock.Exit();
        }

        LeaveBracket();
    }

    void IMmuNotifier.Release() => StopMirroring();

    /// <remarks>The virtual CPUs look at the entry at each access, so there is no cached copy to flush.</remarks>
    bool IAgingNotifier.ClearFlushYoung(AddressRange range) => Age(range);

    bool IAgingNotifier.ClearYoung(AddressRange range) => Age(range);

    void IAgingNotifier.ClearYoung(scoped in AgeQuery query)
    {
        foreach (MemorySlot slot in Shared.Read(in _slots, this).Overlapping(query.Range))
        {
            slot.ClearYoung(query.Within(slot.UserRange));
        }
    }

    bool IAgingNotifier.TestYoung(VirtualAddress address)
    {
        foreach (MemorySlot slot in Shared.Read(in _slots, this).Overlapping(AddressRange.OfPage(address)))
        {
            if (slot.IsYoung(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Zaps a range in all slots. Under the mmu lock; on return no access through a zapped entry is in flight.</summary>
    private int ZapLocked(MemorySlots slots, AddressRange range)
    {
        ZapVisitor visitor = new(_primary);
        foreach (MemorySlot slot in slots.Overlapping(range))
        {
            slot.Visit(range, ref visitor);
        }

        FlushLocked(visitor.Zapped);
        return visitor.Zapped;
    }

    private void FlushLocked(int changed)
    {
        if (changed > 0)
        {
            _flushes++;
            Gates.AwaitAccessesInFlight();
        }
    }

    private bool Age(AddressRange range)
    {
        bool young = false;
        foreach (MemorySlot slot in Shared.Read(in _slots, this).Overlapping(range))
        {
            young |= slot.ClearYoung(range);
        }

        return young;
    }

    private MemorySlots EnterBracket(AddressRange range)
    {
        _activeMonitor.Enter();
        _activeBrackets++;
        _callbacks++;
        _pagesNamed += (long)range.Pages;
        _lookUps += 2;
        MemorySlots slots = Shared.Read(in _slots, this);
        _activeMonitor.Exit();
        return slots;
    }

    private void LeaveBracket()
    {
        _activeMonitor.Enter();
        if (--_activeBrackets == 0)
        {
            _activeMonitor.WakeAll();
        }

        _activeMonitor.Exit();
    }

    /// <summary>Opens a bracket over everything that never ends.</summary>
    private void StopMirroring()
    {
        using SharedLock.Scope scope = _mmuLock.EnterScope();
        if (!_released)
        {
            Shared.Write(ref _released, true, this);
            Brackets.Start(AddressRange.All);
            ZapLocked(Shared.Read(in _slots, this), AddressRange.All);
        }
    }
}
