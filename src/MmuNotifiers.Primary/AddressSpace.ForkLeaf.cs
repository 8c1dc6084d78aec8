using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>fork, leaf by leaf: what becomes of each entry. Both leaves are locked, and a bracket covers the parent's.</summary>
public sealed partial class AddressSpace
{
    /// <summary>Whether entries are shared by the group. Not under a race checker, to which each entry is a step of its own.</summary>
    private static bool SharesGroups => Vector512.IsHardwareAccelerated && !Shared.Controlled;

    /// <param name="leaf">The parent's.</param>
    /// <param name="copy">The child's.</param>
    /// <param name="part">The addresses of the area in the leaf.</param>
    /// <param name="area">The parent's area.</param>
    /// <param name="sharesPages">Whether the child shares the area's private pages.</param>
    /// <param name="spares">Frames that were set aside for copies.</param>
    /// <returns>False if there is no frame for the copy of a pinned page.</returns>
    private bool TryCopyLeaf(LeafTable leaf, LeafTable copy, AddressRange part, Area area, bool sharesPages, Queue<FrameNumber> spares)
    {
        bool byGroup = SharesGroups && sharesPages;
        bool copied = true;
        int filled = 0;
        int end = LeafTable.IndexOf(part.Start) + (int)part.Pages;
        for (int index = LeafTable.IndexOf(part.Start); index < end && copied;)
        {
            if (byGroup && index % LeafTable.GroupEntries == 0 && index + LeafTable.GroupEntries <= end && TryShareGroup(leaf, copy, index))
            {
                filled += LeafTable.GroupEntries;
                index += LeafTable.GroupEntries;
                continue;
            }

            Pte pte = leaf.Read(index);
            if (pte.IsExclusive && sharesPages && Frames.TryShareExclusive(pte.Frame))
            {
                pte = pte.Shared();
                Weaken(leaf, index, pte);
                copy.Fill(index, pte.Old());
                filled++;
            }
            else if (!pte.IsNone)
            {
                copied = TryCopyEntry(leaf, copy, index, area, sharesPages, spares);
            }

            index++;
        }

        copy.CountFilled(filled);
        return copied;
    }

    /// <summary>As one entry after the other, for a group of exclusive pages that nobody but the parent's ptes holds a reference on.</summary>
    /// <returns>False if it is no such group: nothing was done.</returns>
    private bool TryShareGroup(LeafTable leaf, LeafTable copy, int first)
    {
        for (int index = first; Checks.AreOn && index < first + LeafTable.GroupEntries; index++)
        {
            BeforeRevocation(leaf, index);
        }

        return leaf.TryShareGroup(first, copy, Frames);
    }

    /// <summary>One entry that is not empty, and not simply shared.</summary>
    /// <returns>False if there is no frame for the copy of a pinned page.</returns>
    private bool TryCopyEntry(LeafTable leaf, LeafTable copy, int index, Area area, bool sharesPages, Queue<FrameNumber> spares)
    {
        Pte pte = leaf.Read(index);
        if (pte.IsSwap)
        {
            if (sharesPages)
            {
                ShareSwapped(leaf, copy, index, pte);
            }
        }
        else if (!pte.IsPresent || pte.IsSpecial)
        {
            // An area that is walked for its guards alone keeps its zero pages to itself.
            if (!pte.IsPresent || sharesPages || area.Has(AreaFlags.FrameMap))
            {
                copy.Load(index, pte);
            }
        }
        else if (area.IsShared)
        {
            if (area.Has(AreaFlags.Nonlinear))
            {
                Frames.AddMapping(pte.Frame);
                copy.Load(index, pte.Clean().Old());
            }
        }
        else if (!sharesPages)
        {
            CopyPageOffset(leaf, copy, index, area, pte);
        }
        else
        {
            return TryCopyPrivate(copy, index, pte, spares);
        }

        return true;
    }

    /// <summary>The child faults a page of an object in for itself; where it lies in the object, only the pte of a nonlinear mapping tells.</summary>
    private void CopyPageOffset(LeafTable leaf, LeafTable copy, int index, Area area, Pte pte)
    {
        Pte kept = PageOffsetToKeep(area, leaf.Range.Start + ((ulong)index << Page.Shift), pte);
        if (!kept.IsNone)
        {
            copy.Load(index, kept);
        }
    }

    /// <summary>An evicted page is one of both from here on. Nobody translates it, so the parent loses nothing that somebody could have.</summary>
    private void ShareSwapped(LeafTable leaf, LeafTable copy, int index, Pte pte)
    {
        Memory.Swap.AddReference(pte.SwapEntry);
        leaf.Load(index, pte.NotExclusive());
        copy.Load(index, pte.NotExclusive());
    }

    /// <summary>
    /// One private pte that is pinned or not exclusive. A page that a device has pinned stays the parent's alone and the child gets a copy at once: else the
    /// parent's next store would go to a copy that the device does not see.
    /// </summary>
    /// <returns>False if there is no frame for the copy.</returns>
    private bool TryCopyPrivate(LeafTable copy, int index, Pte pte, Queue<FrameNumber> spares)
    {
        if (pte.IsExclusive)
        {
            if (!spares.TryDequeue(out FrameNumber fresh) && !Memory.TryAllocateSpare(out fresh))
            {
                return false;
            }

            Memory.Copy(pte.Frame, fresh);
            Frames.SetOwner(fresh, Frames.Owner(pte.Frame)!, Frames.Index(pte.Frame), FrameFlags.Anonymous | FrameFlags.Dirty);
            Frames.BecomeMapped(fresh);
            copy.Load(index, Pte.Present(fresh, pte.Rights).Exclusive().Used(AccessRights.Write).Old());
            return true;
        }

        Frames.AddMapping(pte.Frame);
        copy.Load(index, pte.Old());
        return true;
    }
}
