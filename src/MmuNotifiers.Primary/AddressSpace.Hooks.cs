using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Opens the bracket of a hook site. No leaf lock is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private InvalidationScope Begin(
        HookSite site, InvalidationEvent reason, AddressRange range, IMappedArea? area, object? owner = null) =>
        _hooks.Has(site, HookPlacement.Bracket)
            ? Subscriptions.Invalidate(new InvalidationRange(range, reason, area, owner))
            : default;

    /// <summary>Flushes caches over this page table. The leaf's lock is held, its entries are changed, no frame is freed yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FlushUnderLeafLock(HookSite site, AddressRange range)
    {
        if (!Subscriptions.IsEmpty && _hooks.Has(site, HookPlacement.UnderPageTableLock))
        {
            Subscriptions.FlushSecondaryTlbs(range);
        }
    }

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
