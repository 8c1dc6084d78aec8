using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>A fault on a present pte that does not allow the access, though the area does.</summary>
    private bool TryFaultPresent(in Fault fault, LeafTable leaf, Pte pte, out AccessResult result)
    {
        if (pte.Allows(fault.Access) || !fault.IsWrite)
        {
            result = AccessResult.Of(FaultKind.Spurious);
            return TryUpgrade(in fault, leaf, pte, pte.WithRights(LoadedRights(fault.Area, pte.IsWritable)));
        }

        if (fault.Area.IsShared)
        {
            result = AccessResult.Of(FaultKind.MadeWritable);
            return TryUpgrade(in fault, leaf, pte, pte.WithRights(LoadedRights(fault.Area, writable: true)));
        }

        if (IsOwnedAlone(pte) || TryLeaveSwapCache(pte))
        {
            result = AccessResult.Of(FaultKind.Reuse);
            return TryUpgrade(in fault, leaf, pte, pte.Exclusive().WithRights(LoadedRights(fault.Area, writable: true)));
        }

        return TryCopyOnWrite(in fault, leaf, pte, out result);
    }

    /// <summary>
    /// Gives a pte that keeps its frame more rights. Caches that keep rights are flushed, else a device would fault for ever on a
    /// page that it may write by now.
    /// </summary>
    private bool TryUpgrade(in Fault fault, LeafTable leaf, Pte expected, Pte upgraded)
    {
        leaf.Lock();
        bool valid = !upgraded.IsExclusive || IsOwnedAlone(expected);
        bool loaded = valid && TryLoad(in fault, leaf, expected, upgraded.Used(fault.Access));
        if (loaded && expected.Rights != upgraded.Rights)
        {
            FlushUpgraded(fault.Range);
        }

        leaf.Unlock();
        return loaded;
    }

    /// <summary>Whether the private frame of a pte has no other user, pins of this very page aside. Reliable under the leaf's lock.</summary>
    private bool IsOwnedAlone(Pte pte) =>
        pte.IsExclusive
        || (!pte.IsSpecial && Frames.IsPlainPrivate(pte.Frame) && Frames.References(pte.Frame) == 1);

    /// <summary>Whether a private page was in the swap cache for nobody else's sake, and is not there any more: then it may be its own again.</summary>
    private bool TryLeaveSwapCache(Pte pte) =>
        !pte.IsSpecial && Frames.Has(pte.Frame, FrameFlags.SwapCached) && Frames.IsPlainPrivate(pte.Frame) && Memory.Swap.TryUncache(pte.Frame);

    /// <summary>A store to a page that is shared, or is the zero page, or belongs to an object: the pte comes to point at a copy.</summary>
    /// <remarks>
    /// A device that cached the old translation must not go on reading the old page once a CPU can have written the new one
    /// (PROTOCOL B8): hence the bracket, and for caches over this table the order clear, flush, set under the lock:
    /// <code>
    ///   this CPU                                 a device
    ///   bracket start                      ->    drops the old translation; refills retry
    ///   copy
    ///   lock leaf; clear; flush; set; unlock
    ///   bracket end                        ->    faults again, finds the copy
    ///   drop the old frame
    /// </code>
    /// </remarks>
    private bool TryCopyOnWrite(in Fault fault, LeafTable leaf, Pte old, out AccessResult result)
    {
        bool isZeroPage = old.Frame == PhysicalMemory.ZeroFrame;
        result = AccessResult.Of(isZeroPage ? FaultKind.ZeroPageReplaced : FaultKind.CopyOnWrite);
        if (!TryHold(leaf, fault.Page, old))
        {
            return false;
        }

        bool wasLeaving = IsBeingEvicted(old);
        bool allocated = isZeroPage ? Memory.TryAllocateZeroed(out FrameNumber copy) : Memory.TryAllocate(out copy);
        bool replaced = true;
        if (allocated)
        {
            HookSite site = isZeroPage ? HookSite.ZeroPage : HookSite.CopyOnWrite;
            using (Begin(site, InvalidationEvent.Clear, fault.Range, fault.Area))
            {
                if (!isZeroPage)
                {
                    Memory.Copy(old.Frame, copy);
                }

                replaced = TryReplace(in fault, leaf, old, OwnPrivately(in fault, copy), site);
            }

            if (!replaced)
            {
                Frames.MappingBecomesReference(copy);
            }
        }
        else
        {
            // A page that is being evicted is one's own again, perhaps, when that is over.
            replaced = !wasLeaving && !IsBeingEvicted(old);
            AwaitEviction(old);
            result = AccessResult.Refused(FaultResult.OutOfMemory);
        }

        if (!old.IsSpecial)
        {
            // One reference from TryHold, and with a replaced pte the one that its mapping had.
            Memory.Put(old.Frame);
            if (allocated && replaced)
            {
                Memory.Put(old.Frame);
            }
        }

        if (allocated && !replaced)
        {
            Memory.Put(copy);
        }

        if (allocated && replaced)
        {
            FinishChange(isZeroPage ? HookSite.ZeroPage : HookSite.CopyOnWrite, InvalidationEvent.Clear, fault.Range, fault.Area);
        }

        return replaced;
    }

    private bool IsBeingEvicted(Pte pte) => !pte.IsSpecial && Frames.Has(pte.Frame, FrameFlags.Isolated);

    /// <summary>Waits for the write of a page that is being evicted, if it is. The caller holds a reference on the frame, and no lock.</summary>
    private void AwaitEviction(Pte pte)
    {
        if (IsBeingEvicted(pte) && !Memory.Swap.WaitForWrite(pte.Frame))
        {
            default(SharedSpin).Once();
        }
    }

    /// <summary>Takes a reference on the frame of a pte, if the pte is still what it was.</summary>
    private bool TryHold(LeafTable leaf, VirtualAddress page, Pte pte)
    {
        leaf.Lock();
        bool unchanged = leaf.Read(LeafTable.IndexOf(page)) == pte;
        if (unchanged && !pte.IsSpecial)
        {
            Frames.Get(pte.Frame);
        }

        leaf.Unlock();
        return unchanged;
    }

    private bool TryReplace(in Fault fault, LeafTable leaf, Pte old, Pte fresh, HookSite site)
    {
        int index = LeafTable.IndexOf(fault.Page);
        leaf.Lock();
        bool unchanged = !MapChangedSince(fault.Sequence) && leaf.Read(index) == old;
        if (unchanged)
        {
            Revoke(leaf, index, Pte.None);
            FlushUnderLeafLock(site, fault.Range, leaf);
            leaf.Load(index, fresh);
            leaf.EndRevocation();
            if (!old.IsSpecial)
            {
                Frames.MappingBecomesReference(old.Frame);
            }
        }

        leaf.Unlock();
        return unchanged;
    }
}
