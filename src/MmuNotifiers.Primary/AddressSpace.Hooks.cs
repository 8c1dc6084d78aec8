using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>What changes without a bracket is noted here, to explain what becomes of it; null where nobody asks.</summary>
    internal HookSilences? Silences { get; set; }

    /// <summary>Opens the bracket of a hook site. No leaf lock is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private InvalidationScope Begin(
        HookSite site, InvalidationEvent reason, AddressRange range, IMappedArea? area, object? owner = null) =>
        Begin(site, new InvalidationRange(range, reason, area, owner));

    /// <inheritdoc cref="Begin(HookSite, InvalidationEvent, AddressRange, IMappedArea?, object?)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private InvalidationScope Begin(HookSite site, scoped in InvalidationRange range)
    {
        if (_hooks.Has(site, HookPlacement.Bracket))
        {
            return Subscriptions.Invalidate(in range);
        }

        Silences?.Add(site, _hooks[site], in range);
        return default;
    }

    /// <summary>As <see cref="Begin(HookSite, in InvalidationRange)"/>, without blocking.</summary>
    /// <returns>False if a subscriber would have to block: those who had accepted were told of the end, and nothing may change.</returns>
    private bool TryBegin(HookSite site, scoped in InvalidationRange range, out InvalidationScope scope)
    {
        if (_hooks.Has(site, HookPlacement.Bracket))
        {
            return Subscriptions.TryInvalidate(in range, out scope);
        }

        Silences?.Add(site, _hooks[site], in range);
        scope = default;
        return true;
    }

    /// <summary>
    /// The change of a hook site is done, its bracket has ended: what was gathered is freed, and late tables tell now. No leaf lock is held.
    /// </summary>
    private void FinishChange(HookSite site, scoped in InvalidationRange range, FrameGather? gather)
    {
        TellLate(site, HookPlacement.AfterChange, in range);
        gather?.Free(Memory);
        TellLate(site, HookPlacement.AfterFree, in range);
    }

    /// <summary>As <see cref="FinishChange(HookSite, in InvalidationRange, FrameGather?)"/>, where nothing was gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FinishChange(HookSite site, InvalidationEvent reason, AddressRange range, IMappedArea? area)
    {
        if (_hooks.IsLate)
        {
            FinishChange(site, new InvalidationRange(range, reason, area));
        }
    }

    /// <inheritdoc cref="FinishChange(HookSite, InvalidationEvent, AddressRange, IMappedArea?)"/>
    private void FinishChange(HookSite site, scoped in InvalidationRange range) =>
        TellLate(site, HookPlacement.AfterChange | HookPlacement.AfterFree, in range);

    /// <summary>Tells of a change that has happened, if the table places the site so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TellLate(HookSite site, HookPlacement when, scoped in InvalidationRange range)
    {
        if (_hooks.IsLate && _hooks.Has(site, when) && site != HookSite.Release)
        {
            Subscriptions.Invalidate(in range).Dispose();
        }
    }

    /// <summary>Flushes caches over this page table. The leaf's lock is held, its entries are changed, no frame is freed yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FlushUnderLeafLock(HookSite site, AddressRange range, LeafTable leaf, LeafTable other = default)
    {
        if (!Subscriptions.IsEmpty)
        {
            TellUnderLeafLock(site, range, leaf, other);
        }
    }

    /// <summary>A callback that throws must not leave the leaf locked: whoever comes next would spin for ever instead of learning why.</summary>
    private void TellUnderLeafLock(HookSite site, AddressRange range, LeafTable leaf, LeafTable other)
    {
        try
        {
            TellUnderLeafLock(site, range);
        }
        catch
        {
            leaf.EndRevocation();
            leaf.Unlock();
            if (!other.IsNull && other.LockOrder != leaf.LockOrder)
            {
                other.Unlock();
            }

            throw;
        }
    }

    private void TellUnderLeafLock(HookSite site, AddressRange range)
    {
        if (_hooks.Has(site, HookPlacement.UnderPageTableLock))
        {
            Subscriptions.FlushSecondaryTlbs(range);
        }

        if (_hooks.TellsUnderLock && _hooks.Has(site, HookPlacement.BracketUnderPageTableLock))
        {
            Subscriptions.InvalidateUnderPageTableLock(new InvalidationRange(range, EventOf(site)));
        }
    }

    /// <summary>A pte keeps its frame and gets more rights: only caches over the table, which may keep the old ones, are flushed.</summary>
    private void FlushUpgraded(AddressRange range)
    {
        if (!Subscriptions.IsEmpty && _hooks.Has(HookSite.CopyOnWrite, HookPlacement.UnderPageTableLock))
        {
            Subscriptions.FlushSecondaryTlbs(range);
        }
    }

    private static InvalidationEvent EventOf(HookSite site) => site switch
    {
        HookSite.Unmap or HookSite.Move => InvalidationEvent.Unmap,
        HookSite.Protect => InvalidationEvent.ProtectionArea,
        HookSite.Fork or HookSite.WriteBack => InvalidationEvent.ProtectionPage,
        HookSite.SoftDirty => InvalidationEvent.SoftDirty,
        HookSite.Migrate => InvalidationEvent.Migrate,
        HookSite.MakeExclusive => InvalidationEvent.Exclusive,
        _ => InvalidationEvent.Clear,
    };

    /// <summary>Tells prefetching subscribers of loaded translations. No lock is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NotifyUpdate(AddressRange range, AccessRights rights)
    {
        if (!Subscriptions.IsEmpty && _hooks.Has(HookSite.Update, HookPlacement.Bracket))
        {
            Subscriptions.UpdateRange(range, rights);
        }
    }

    /// <summary>
    /// Where a pte loses rights or its frame: here, and in <see cref="Weaken"/>. The leaf is locked; in debug and checking builds it
    /// is asserted that an open bracket covers the page (I7).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Revoke(LeafTable leaf, int index, Pte pte)
    {
        BeforeRevocation(leaf, index);
        leaf.Revoke(index, pte);
    }

    /// <summary>As <see cref="Revoke"/>, where the pte is not empty before and after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Weaken(LeafTable leaf, int index, Pte pte)
    {
        BeforeRevocation(leaf, index);
        leaf.Weaken(index, pte);
    }
}
