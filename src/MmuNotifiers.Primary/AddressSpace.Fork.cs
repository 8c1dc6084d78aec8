using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Whether a guard was ever installed: then page tables hold more than the areas tell. Guarded by the map lock.</summary>
    private bool _hasGuards;

    /// <summary>
    /// fork: a child with the same memory as of one moment. Private pages are shared until one side writes; the parent's lose write permission, and
    /// its subscribers are told. Subscriptions are not inherited: the child starts without any.
    /// </summary>
    /// <param name="childOptions">Layout and limits of the child; null for the parent's.</param>
    /// <returns>
    /// The child, or null if there were not enough frames to copy pinned pages (ENOMEM), or the address space was reaped, see <see cref="TryReap"/>.
    /// </returns>
    /// <remarks>
    /// The moment is that of the return: of each thread and each device the child has what was stored to private memory before, and nothing that was stored
    /// later, though threads go on meanwhile. A page that has lost write permission is written only by a fault, and faults wait until fork is done:
    /// <code>
    ///   fork                                       a thread
    ///   sequence odd
    ///   bracket; page A: no stores any more; end
    ///                                              store to B goes through: it is in the child
    ///                                              store to A: fault waits for the sequence
    ///   bracket; page B: no stores any more; end
    ///                                              (what it would store after A waits with it)
    ///   sequence even
    ///                                              fault: a copy; the store is not in the child
    /// </code>
    /// Shared memory is not copied: stores to it are seen on both sides at any time.
    /// </remarks>
    public AddressSpace? Fork(AddressSpaceOptions? childOptions = null) => ForkFor(ForkMode.Child, childOptions);

    /// <summary>As <see cref="Fork"/>, for a purpose.</summary>
    /// <remarks>
    /// Pinned pages need frames for their copies. Where none is free, nothing is evicted for one in the middle, since an eviction waits for the map
    /// sequence: the attempt is given up, frames are set aside, and fork begins anew, so that the moment is still one.
    /// </remarks>
    internal AddressSpace? ForkFor(ForkMode mode, AddressSpaceOptions? childOptions = null)
    {
        Queue<FrameNumber> spares = new();
        try
        {
            int most = 0;
            while (true)
            {
                AddressSpace child = new(Memory, childOptions ?? _options);
                ForkResult result = TryForkTo(child, mode, spares);
                if (result == ForkResult.Done)
                {
                    return child;
                }

                child.Dispose();
                if (result == ForkResult.Reaped || !TrySetAside(spares, ref most))
                {
                    return null;
                }
            }
        }
        finally
        {
            foreach (FrameNumber unused in spares)
            {
                Memory.Put(unused);
            }
        }
    }

    /// <summary>Takes more frames than were set aside before, if they can be had: twice as many.</summary>
    private bool TrySetAside(Queue<FrameNumber> spares, ref int most)
    {
        int before = most;
        while (spares.Count < (2 * before) + 1 && Memory.TryAllocate(out FrameNumber fresh))
        {
            spares.Enqueue(fresh);
        }

        most = spares.Count;
        return most > before;
    }

    private ForkResult TryForkTo(AddressSpace child, ForkMode mode, Queue<FrameNumber> spares)
    {
        using SharedLock.Scope held = _mapLock.EnterScope();
        using SharedLock.Scope heldToo = child._mapLock.EnterScope();
        if (IsReaped)
        {
            return ForkResult.Reaped;
        }

        BeginMapChange();
        try
        {
            foreach ((Area area, Area copy) in CopyAreasTo(child, mode))
            {
                if (NeedsCopying(area, copy) && !TryCopyPages(child, area, copy, spares))
                {
                    return ForkResult.NeedsFrames;
                }
            }
        }
        finally
        {
            EndMapChange();
        }

        return ForkResult.Done;
    }

    /// <summary>
    /// Pages that the child can fault in again are not copied: those of objects, and zero pages of an area without others;
    /// neither are those it must not see.
    /// </summary>
    private bool NeedsCopying(Area area, Area copy) =>
        SharesPages(area, copy)
        || (!copy.Has(AreaFlags.WipeOnFork) && (area.Has(AreaFlags.Nonlinear | AreaFlags.FrameMap) || _hasGuards));

    /// <summary>
    /// Whether the child's area shows private pages of the parent's. Where the families differ, a page that a fault makes while
    /// the child is being made is not the child's.
    /// </summary>
    private static bool SharesPages(Area area, Area copy) => area.Family is { } family && ReferenceEquals(family, copy.Family);

    private bool TryCopyPages(AddressSpace child, Area area, Area childArea, Queue<FrameNumber> spares)
    {
        SplitHugePages(area.Range);
        TakeBackPages(area);
        if (area.IsShared)
        {
            return TryCopyPtes(child, area, childArea, spares);
        }

        // Only a private area's ptes can lose write permission here.
        bool copied;
        using (Begin(HookSite.Fork, InvalidationEvent.ProtectionPage, area.Range, area))
        {
            copied = TryCopyPtes(child, area, childArea, spares);
        }

        FinishChange(HookSite.Fork, InvalidationEvent.ProtectionPage, area.Range, area);
        return copied;
    }

    private bool TryCopyPtes(AddressSpace child, Area area, Area childArea, Queue<FrameNumber> spares)
    {
        for (LeafTable leaf = _table.First(area.Range); !leaf.IsNull; leaf = NextLeaf(leaf, area.Range))
        {
            AddressRange part = leaf.Range.Intersect(area.Range);
            LeafTable copy = child._table.Ensure(part.Start);
            leaf.Lock();
            copy.Lock();
            bool copied = TryCopyLeaf(leaf, copy, part, area, SharesPages(area, childArea), spares);
            copy.Unlock();
            FinishRevocation(leaf, part, HookSite.Fork);
            if (!copied)
            {
                return false;
            }
        }

        return true;
    }
}
