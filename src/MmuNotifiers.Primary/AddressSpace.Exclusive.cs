using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that a device has for itself for a while (make_device_exclusive), for what it cannot do beside a CPU: atomics.</summary>
public sealed partial class AddressSpace
{
    /// <summary>Whether pages were ever given to a device: then page tables hold entries that fork must not copy. Guarded by the map lock.</summary>
    private bool _hasExclusive;

    /// <summary>
    /// Gives private pages to a device: nobody else has a translation until a CPU or another device faults on the page, which takes it
    /// back. Faults pages in as for a store. May block.
    /// </summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="owner">Whose device; it ignores the brackets of event <see cref="InvalidationEvent.Exclusive"/> that it owns.</param>
    /// <param name="frames">Receives one frame for each page; at least as long as the range has pages.</param>
    /// <returns>
    /// How many pages from the first on are the device's, and if not all, why the next is not: what a store there would end in;
    /// <see cref="FaultResult.AccessDenied"/> for shared memory and pinned pages.
    /// </returns>
    /// <exception cref="ArgumentException">The range is not page aligned, or <paramref name="frames"/> is too short.</exception>
    /// <remarks>
    /// The answer is a snapshot, like that of <see cref="FaultRange"/>: each page may be taken back at once, inside a bracket without an owner. So
    /// the device goes through the same retry protocol before it uses a frame. To everyone who tracks stores the pages count as written.
    /// </remarks>
    public RangeFaultResult MakeExclusive(AddressRange range, object owner, Span<FrameNumber> frames)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (!range.IsPageAligned || (ulong)frames.Length < range.Pages)
        {
            throw new ArgumentException(
                $"The range {range} must be page aligned, and {frames.Length} frame numbers must be enough for its {range.Pages} pages.",
                nameof(range));
        }

        int done = 0;
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes, done++)
        {
            FaultResult result = FaultResult.WouldBlock;
            while (result == FaultResult.WouldBlock)
            {
                AccessResult access = Access(page, AccessRights.Write);
                result = access.Succeeded ? TryMakeExclusive(page, owner, out frames[done]) : access.Result;
            }

            if (result != FaultResult.Success)
            {
                return new RangeFaultResult(result, done);
            }
        }

        return new RangeFaultResult(FaultResult.Success, done);
    }

    /// <summary>A fault on a page that a device has for itself: inside a bracket that is nobody's own it becomes everyone's again.</summary>
    private bool TryTakeBack(in Fault fault, LeafTable leaf, Pte pte, out AccessResult result)
    {
        result = AccessResult.Of(FaultKind.TakenBack);
        int index = LeafTable.IndexOf(fault.Page);
        InvalidationRange change = new(fault.Range, InvalidationEvent.Clear, fault.Area);
        bool unchanged;
        using (Begin(HookSite.TakeBack, in change))
        {
            leaf.Lock();
            unchanged = !MapChangedSince(fault.Sequence) && leaf.Read(index) == pte;
            if (unchanged)
            {
                Revoke(leaf, index, pte.ForCpu(LoadedRights(fault.Area, writable: true)));
            }

            FinishRevocation(leaf, fault.Range, HookSite.TakeBack);
        }

        FinishChange(HookSite.TakeBack, in change);
        return unchanged;
    }

    /// <summary>Takes back what a device has of an area. The map lock is held.</summary>
    private void TakeBackPages(Area area)
    {
        if (!_hasExclusive)
        {
            return;
        }

        InvalidationRange change = new(area.Range, InvalidationEvent.Clear, area);
        using (Begin(HookSite.TakeBack, in change))
        {
            for (LeafTable leaf = _table.First(area.Range); !leaf.IsNull; leaf = NextLeaf(leaf, area.Range))
            {
                AddressRange part = leaf.Range.Intersect(area.Range);
                leaf.Lock();
                TakeBackLocked(leaf, part, area);
                FinishRevocation(leaf, part, HookSite.TakeBack);
            }
        }

        FinishChange(HookSite.TakeBack, in change);
    }

    private void TakeBackLocked(LeafTable leaf, AddressRange part, Area area)
    {
        for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
        {
            int index = LeafTable.IndexOf(page);
            Pte pte = leaf.Read(index);
            if (pte.Kind == PteKind.DeviceExclusive)
            {
                Revoke(leaf, index, pte.ForCpu(LoadedRights(area, writable: true)));
            }
        }
    }

    /// <returns>Success; WouldBlock if the page must be faulted in again; AccessDenied if it cannot be a device's own.</returns>
    private FaultResult TryMakeExclusive(VirtualAddress page, object owner, out FrameNumber frame)
    {
        frame = default;
        SplitHugePage(page);
        using SharedLock.Scope held = _mapLock.EnterScope();
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull || FindArea(page) is not { } area)
        {
            return FaultResult.WouldBlock;
        }

        int index = LeafTable.IndexOf(page);
        if (area.IsShared || area.Has(AreaFlags.FrameMap) || IsPinned(leaf.Read(index)))
        {
            return FaultResult.AccessDenied;
        }

        _hasExclusive = true;
        InvalidationRange change = new(AddressRange.OfPage(page), InvalidationEvent.Exclusive, area, owner);
        bool isGiven;
        using (Begin(HookSite.MakeExclusive, in change))
        {
            leaf.Lock();
            Pte pte = leaf.Read(index);
            isGiven = pte.IsHit(AccessRights.Write) && pte.IsExclusive && !IsPinned(pte);
            if (isGiven)
            {
                frame = pte.Frame;
                Frames.MarkDirty(frame);
                Revoke(leaf, index, pte.ForDevice());
            }

            FinishRevocation(leaf, change.Range, HookSite.MakeExclusive);
        }

        FinishChange(HookSite.MakeExclusive, in change);
        return isGiven ? FaultResult.Success : FaultResult.WouldBlock;
    }

    private bool IsPinned(Pte pte) => pte.IsPresent && !pte.IsSpecial && Frames.Pins(pte.Frame) > 0;
}
