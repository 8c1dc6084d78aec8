using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Evicted pages that come back, and operations that meet them.</summary>
public sealed partial class AddressSpace
{
    /// <summary>A fault on an evicted page: finds it in the swap cache, or reads it in. May block.</summary>
    private bool TryFaultSwap(in Fault fault, LeafTable leaf, Pte pte, out AccessResult result)
    {
        FaultResult read = Memory.Swap.Read(pte.SwapEntry, fault.Area.Family!.ReadAhead, out FrameNumber frame);
        if (read != FaultResult.Success)
        {
            result = AccessResult.Refused(read);

            // Whoever took the entry's last user away puts something else into the pte under the leaf's lock.
            return IsStill(in fault, leaf, pte) && read != FaultResult.WouldBlock;
        }

        result = AccessResult.Of(FaultKind.SwapIn);
        leaf.Lock();
        SwapClaim claim = MapChangedSince(fault.Sequence) || leaf.Read(LeafTable.IndexOf(fault.Page)) != pte
            ? SwapClaim.Gone
            : Memory.Swap.Claim(in fault, pte, frame);
        if (claim is SwapClaim.Shared or SwapClaim.Exclusive)
        {
            leaf.Load(LeafTable.IndexOf(fault.Page), SwappedIn(in fault, pte, frame, claim));
            Frames.ReferenceBecomesMapping(frame);
        }

        leaf.Unlock();
        switch (claim)
        {
            case SwapClaim.Gone:
                Memory.Put(frame);
                return false;
            case SwapClaim.Foreign:
                return TryCopySwapped(in fault, leaf, pte, frame, out result);
            default:
                CountSwapIn();

                // A store to a page that others have too goes on as one to any shared page.
                return claim == SwapClaim.Exclusive || !fault.IsWrite;
        }
    }

    /// <summary>The pte of a page that came back: what was known of it beside its frame is known still.</summary>
    private static Pte SwappedIn(in Fault fault, Pte swapped, FrameNumber frame, SwapClaim claim)
    {
        bool isExclusive = claim == SwapClaim.Exclusive;
        Pte pte = Pte.Present(frame, LoadedRights(fault.Area, writable: isExclusive));
        pte = swapped.IsSoftDirty ? pte.SoftDirty() : pte;
        return isExclusive ? pte.Exclusive().Used(fault.Access) : pte.Used(fault.Access & ~AccessRights.Write);
    }

    /// <summary>
    /// The page was merged with those of others before it was evicted, and now the frame is theirs: this one gets a copy, as in Linux. The
    /// frame's users cannot write to it, so the bytes stay what they are.
    /// </summary>
    private bool TryCopySwapped(in Fault fault, LeafTable leaf, Pte pte, FrameNumber source, out AccessResult result)
    {
        result = AccessResult.Refused(FaultResult.OutOfMemory);
        if (!Memory.TryAllocate(out FrameNumber copy))
        {
            Memory.Put(source);
            return true;
        }

        Memory.Copy(source, copy);
        Memory.Put(source);
        result = AccessResult.Of(FaultKind.SwapIn);
        Pte loaded = OwnPrivately(in fault, copy);
        if (!TryLoadPrivate(in fault, leaf, pte, copy, pte.IsSoftDirty ? loaded.SoftDirty() : loaded))
        {
            return false;
        }

        Memory.Swap.Drop(pte.SwapEntry);
        CountSwapIn();
        return true;
    }

    /// <summary>Whether a pte that was read without a lock is what it was, and no area changed.</summary>
    private bool IsStill(in Fault fault, LeafTable leaf, Pte pte)
    {
        leaf.Lock();
        bool isStill = !MapChangedSince(fault.Sequence) && leaf.Read(LeafTable.IndexOf(fault.Page)) == pte;
        leaf.Unlock();
        return isStill;
    }

    /// <summary>Brings the evicted pages of a range in, whatever their areas allow. No lock is held; what cannot be read stays out.</summary>
    private void SwapInPages(AddressRange range)
    {
        if (!Memory.Swap.IsInUse)
        {
            return;
        }

        AddressRange rest = range;
        while (TryFindLeafRange(rest, out AddressRange part))
        {
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                while (!TrySwapIn(page))
                {
                }
            }

            rest = new AddressRange(part.End, rest.End);
        }
    }

    /// <returns>False if something changed meanwhile: try again.</returns>
    private bool TrySwapIn(VirtualAddress page)
    {
        long sequence = ReadMapSequence();
        Area? area = FindArea(page);
        LeafTable leaf = _table.Find(page);
        Pte pte = leaf.IsNull ? Pte.None : leaf.Read(LeafTable.IndexOf(page));
        if (MapChangedSince(sequence))
        {
            return false;
        }

        return area is null || !pte.IsSwap || TryFaultSwap(new Fault(area, page, AccessRights.None, sequence), leaf, pte, out _);
    }
}
