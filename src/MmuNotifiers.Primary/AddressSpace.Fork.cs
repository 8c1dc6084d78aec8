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

    private bool TryCopyPtes(AddressSpace child, Area area, Area childArea)
    {
        for (LeafTable leaf = _table.First(area.Range); !leaf.IsNull; leaf = NextLeaf(leaf, area.Range))
        {
            AddressRange part = leaf.Range.Intersect(area.Range);
            LeafTable copy = child._table.Ensure(part.Start);
            leaf.Lock();
            copy.Lock();
            bool copied = TryCopyLeaf(leaf, copy, part, area, SharesPages(area, childArea));
            copy.Unlock();
            FinishRevocation(leaf, part, HookSite.Fork);
            if (!copied)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCopyLeaf(LeafTable leaf, LeafTable copy, AddressRange part, Area area, bool sharesPages)
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

            if (!pte.IsPresent || pte.IsSpecial)
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
            else if (sharesPages && !TryCopyPrivate(copy, index, pte))
            {
                copy.CountFilled(filled);
                return false;
            }
        }

        copy.CountFilled(filled);
        return true;
    }

    /// <summary>
    /// One private pte that is pinned or not exclusive. A page that a device has pinned stays the parent's alone and the child gets a copy at once: else the
    /// parent's next store would go to a copy that the device does not see.
    /// </summary>
    private bool TryCopyPrivate(LeafTable copy, int index, Pte pte)
    {
        if (pte.IsExclusive)
        {
            if (!Memory.TryAllocate(out FrameNumber fresh))
            {
                return false;
            }

            Memory.Copy(pte.Frame, fresh);
            Frames.SetOwner(fresh, Frames.Owner(pte.Frame)!, Frames.Index(pte.Frame), FrameFlags.Anonymous);
            Frames.BecomeMapped(fresh);
            copy.Load(index, Pte.Present(fresh, pte.Rights).Exclusive().Used(AccessRights.Write).Old());
            return true;
        }

        Frames.AddMapping(pte.Frame);
        copy.Load(index, pte.Old());
        return true;
    }
}
