using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Whether a guard was ever installed: then page tables hold more than the areas tell. Guarded by the map lock.</summary>
    private bool _hasGuards;

    /// <summary>
    /// fork: a child with the same memory. Private pages are shared until one side writes; the parent's lose write permission, and
    /// its subscribers are told. Subscriptions are not inherited: the child starts without any.
    /// </summary>
    /// <param name="childOptions">Layout and limits of the child; null for the parent's.</param>
    /// <returns>
    /// The child, or null if there were not enough frames to copy pinned pages (ENOMEM), or the address space was reaped, see <see cref="TryReap"/>.
    /// </returns>
    public AddressSpace? Fork(AddressSpaceOptions? childOptions = null)
    {
        AddressSpace child = new(Memory, childOptions ?? _options);
        bool copied;
        using (_mapLock.EnterScope())
        {
            copied = !IsReaped;
            using SharedLock.Scope heldToo = child._mapLock.EnterScope();
            foreach ((Area area, Area copy) in CopyAreasTo(child))
            {
                copied = copied && (!NeedsCopying(area, copy) || TryCopyPages(child, area, copy));
            }
        }

        if (!copied)
        {
            child.Dispose();
            return null;
        }

        return child;
    }

    /// <summary>
    /// Pages that the child can fault in again are not copied: those of objects, and zero pages of an area without others;
    /// neither are those it must not see.
    /// </summary>
    private bool NeedsCopying(Area area, Area copy) =>
        !copy.Has(AreaFlags.WipeOnFork)
        && (SharesPages(area, copy) || area.Has(AreaFlags.Nonlinear | AreaFlags.FrameMap) || _hasGuards);

    /// <summary>
    /// Whether the child's area shows private pages of the parent's. Where the families differ, a page that a fault makes while
    /// the child is being made is not the child's.
    /// </summary>
    private static bool SharesPages(Area area, Area copy) => area.IsPrivate && ReferenceEquals(area.Family, copy.Family);

    private bool TryCopyPages(AddressSpace child, Area area, Area childArea)
    {
        SplitHugePages(area.Range);
        TakeBackPages(area);
        if (area.IsShared)
        {
            return TryCopyPtes(child, area, childArea);
        }

        // Only a private area's ptes can lose write permission here.
        bool copied;
        using (Begin(HookSite.Fork, InvalidationEvent.ProtectionPage, area.Range, area))
        {
            copied = TryCopyPtes(child, area, childArea);
        }

        FinishChange(HookSite.Fork, InvalidationEvent.ProtectionPage, area.Range, area);
        return copied;
    }

    /// <remarks>
    /// A copy needs a frame, and two leaves are locked. Where there is none free they are let go, since an eviction takes the locks of leaves,
    /// and the rest is copied as it is then:
    /// <code>
    ///   fork                                              others
    ///   lock leaf, copy; pages up to a pinned one
    ///   no free frame: unlock
    ///   evict something, get a frame                      the pinned page is unpinned, written, unmapped
    ///   lock leaf, copy; on from the page that it was
    /// </code>
    /// </remarks>
    private bool TryCopyPtes(AddressSpace child, Area area, Area childArea)
    {
        FrameNumber? spare = null;
        bool copied = true;
        for (LeafTable leaf = _table.First(area.Range); copied && !leaf.IsNull; leaf = NextLeaf(leaf, area.Range))
        {
            AddressRange part = leaf.Range.Intersect(area.Range);
            LeafTable copy = child._table.Ensure(part.Start);
            VirtualAddress next = CopyLeaf(leaf, copy, part, area, SharesPages(area, childArea), ref spare);
            while (copied && next < part.End)
            {
                copied = Memory.TryAllocate(out FrameNumber fresh);
                if (copied)
                {
                    spare = fresh;
                    next = CopyLeaf(leaf, copy, new AddressRange(next, part.End), area, SharesPages(area, childArea), ref spare);
                }
            }
        }

        if (spare is { } unused)
        {
            Memory.Put(unused);
        }

        return copied;
    }

    /// <summary>Copies the entries of one leaf.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="copy">Where to.</param>
    /// <param name="part">Which pages.</param>
    /// <param name="area">The parent's area.</param>
    /// <param name="sharesPages">Whether the child shows the parent's private pages.</param>
    /// <param name="spare">A frame that was taken for a copy, if there is one; null once it is used.</param>
    /// <returns>The end of the part, or the page for whose copy there is no frame.</returns>
    private VirtualAddress CopyLeaf(
        LeafTable leaf, LeafTable copy, AddressRange part, Area area, bool sharesPages, ref FrameNumber? spare)
    {
        leaf.Lock();
        copy.Lock();
        VirtualAddress next = CopyLeafLocked(leaf, copy, part, area, sharesPages, ref spare);
        copy.Unlock();
        FinishRevocation(leaf, part, HookSite.Fork);
        return next;
    }

    private VirtualAddress CopyLeafLocked(
        LeafTable leaf, LeafTable copy, AddressRange part, Area area, bool sharesPages, ref FrameNumber? spare)
    {
        int filled = 0;
        int end = LeafTable.IndexOf(part.Start) + (int)part.Pages;
        for (int index = LeafTable.IndexOf(part.Start); index < end; index++)
        {
            Pte pte = leaf.Read(index);
            if (pte.IsExclusive && sharesPages && Frames.TryShareExclusive(pte.Frame))
            {
                pte = pte.WithoutWrite().NotExclusive();
                Weaken(leaf, index, pte);
                copy.Fill(index, pte.Old());
                filled++;
                continue;
            }

            if (pte.IsNone)
            {
                continue;
            }

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
            else if (!TryCopyPrivate(copy, index, pte, ref spare))
            {
                copy.CountFilled(filled);
                return leaf.Range.Start + ((ulong)index << Page.Shift);
            }
        }

        copy.CountFilled(filled);
        return part.End;
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
    private bool TryCopyPrivate(LeafTable copy, int index, Pte pte, ref FrameNumber? spare)
    {
        if (pte.IsExclusive)
        {
            if (spare is not { } fresh && !Memory.TryAllocateSpare(out fresh))
            {
                return false;
            }

            spare = null;
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
