namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Gives the ptes of a part of an area the area's new rights. The map lock is held. One bracket, in which prefetching
    /// subscribers hear the rights first.
    /// </summary>
    /// <param name="area">The area, with its new rights.</param>
    /// <param name="range">The part of it whose rights changed.</param>
    internal void ProtectPages(Area area, AddressRange range)
    {
        using (Begin(HookSite.Protect, InvalidationEvent.ProtectionArea, range, area))
        {
            if (!Subscriptions.IsEmpty && _hooks.Has(HookSite.ChangeProtection, HookPlacement.Bracket))
            {
                Subscriptions.ChangeProtection(range, area.Rights);
            }

            ChangePtes(HookSite.Protect, area, range, static (_, area, pte) => pte.WithRights(LoadedRights(area, MayStayWritable(area, pte))));
        }

        FinishChange(HookSite.Protect, InvalidationEvent.ProtectionArea, range, area);
    }

    /// <summary>MADV_FREE: private pages become clean and old, so that reclaim may drop them; evicted ones go at once. The map lock is held.</summary>
    internal void FreePagesLazily(Area area, AddressRange range)
    {
        using (Begin(HookSite.LazyFree, InvalidationEvent.Clear, range, area))
        {
            ChangePtes(HookSite.LazyFree, area, range, static (space, _, pte) => space.FreedLazily(pte));
        }

        if (Memory.Swap.IsInUse)
        {
            DiscardSwapped(area, range);
        }

        FinishChange(HookSite.LazyFree, InvalidationEvent.Clear, range, area);
    }

    /// <summary>
    /// The dirty bits of a shared area's ptes go to the frames, and where the object tracks writes the next store faults again:
    /// what precedes a write-back. The map lock is held.
    /// </summary>
    internal void WriteBackPages(Area area, AddressRange range)
    {
        if (!area.IsShared || area.Object is not { TracksWrites: true })
        {
            return;
        }

        using (Begin(HookSite.WriteBack, InvalidationEvent.ProtectionPage, range, area))
        {
            ChangePtes(HookSite.WriteBack, area, range, static (space, _, pte) =>
            {
                if (pte.IsDirty)
                {
                    space.Frames.MarkDirty(pte.Frame);
                }

                return pte.Clean().WithoutWrite();
            });
        }

        FinishChange(HookSite.WriteBack, InvalidationEvent.ProtectionPage, range, area);
    }

    /// <summary>Whether a page is in memory: mapped here, or cached by the object or by swap. The map lock is held.</summary>
    internal bool IsPageResident(VirtualAddress address)
    {
        LeafTable leaf = _table.Find(address);
        Pte pte = leaf.IsNull ? Pte.None : leaf.Translate(LeafTable.IndexOf(address));
        if (pte.HoldsFrame || (pte.IsSwap && Memory.Swap.IsCached(pte.SwapEntry)))
        {
            return true;
        }

        if (pte.IsSwap)
        {
            return false;
        }

        if (FindArea(address) is not { Object: { } target } area)
        {
            return false;
        }

        return target.IsCached(pte.Kind == PteKind.Nonlinear ? pte.Payload : area.PageOffsetOf(address));
    }

    /// <summary>
    /// A page that nobody else has is clean from here on, and nothing lies behind it; one that others have, too, keeps its bytes for them.
    /// The leaf is locked.
    /// </summary>
    private Pte FreedLazily(Pte pte)
    {
        if (!pte.IsSpecial && Frames.Mappings(pte.Frame) == 1 && Frames.IsPlainPrivate(pte.Frame)
            && (!Frames.Has(pte.Frame, FrameFlags.SwapCached) || Memory.Swap.TryUncache(pte.Frame)))
        {
            Frames.TestAndClearDirty(pte.Frame);
        }

        return pte.Clean().Old();
    }

    /// <summary>Drops the evicted pages of a range. Nobody translates them, so nobody is told. The map lock is held.</summary>
    private void DiscardSwapped(Area area, AddressRange range)
    {
        FrameGather gather = FrameGather.Rent();
        AddressRange within = range.Intersect(area.Range);
        for (LeafTable leaf = _table.First(within); !leaf.IsNull; leaf = NextLeaf(leaf, within))
        {
            AddressRange part = leaf.Range.Intersect(within);
            leaf.Lock();
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                Pte pte = leaf.Read(LeafTable.IndexOf(page));
                if (pte.IsSwap)
                {
                    gather.Add(pte.SwapEntry);
                    leaf.Revoke(LeafTable.IndexOf(page), Pte.None);
                }
            }

            leaf.Unlock();
        }

        gather.Free(Memory);
    }

    /// <summary>Whether a pte may keep or get write permission without the fault that a first store is.</summary>
    private static bool MayStayWritable(Area area, Pte pte)
    {
        if (pte.IsSpecial)
        {
            return area.Has(AreaFlags.FrameMap) && area.IsShared;
        }

        // A store through a dirty pte would not be noticed by those who track them.
        return (!pte.IsDirty || pte.IsSoftDirty)
            && (area.IsShared ? pte.IsDirty || !area.Object!.TracksWrites : pte.IsExclusive);
    }

    /// <summary>Changes every present pte of a range, leaf by leaf. An open bracket covers the range.</summary>
    private void ChangePtes(HookSite site, Area area, AddressRange range, Func<AddressSpace, Area, Pte, Pte> change)
    {
        SplitHugePages(range);
        for (LeafTable leaf = _table.First(range); !leaf.IsNull; leaf = NextLeaf(leaf, range))
        {
            AddressRange part = leaf.Range.Intersect(range);
            leaf.Lock();
            int end = LeafTable.IndexOf(part.Start) + (int)part.Pages;
            for (int index = LeafTable.IndexOf(part.Start); index < end; index++)
            {
                Pte pte = leaf.Read(index);
                if (pte.IsPresent)
                {
                    Revoke(leaf, index, change(this, area, pte));
                }
            }

            FinishRevocation(leaf, part, site);
        }
    }
}
