using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Equal pages come to share one frame (KSM).</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Looks at the private pages of a range, in areas with <see cref="Advice.Mergeable"/>, and lets those that hold the same bytes as another such
    /// page of the same memory share a frame, which nobody may write: the next store to each makes a copy. Pages that are pinned stay.
    /// </summary>
    /// <param name="range">Page aligned; may span areas and holes.</param>
    /// <returns>How many pages gave up the frame they had.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    /// <remarks>
    /// One look remembers the pages that it saw for the next, in this or another address space. No map lock is held but to find page
    /// tables; subscribers see a bracket only over pages whose bytes were found equal. See <see cref="TryMergeInto"/> for the order.
    /// </remarks>
    public long MergeEqualPages(AddressRange range)
    {
        AddressRange rest = Within(range);
        long merged = 0;
        while (TryFindLeafRange(rest, out AddressRange part))
        {
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                merged += MergePage(page);
            }

            rest = new AddressRange(part.End, rest.End);
        }

        return merged;
    }

    /// <summary>A reference on the frame at an address, if a certain merged page is what is mapped there.</summary>
    internal bool TryReferenceMerged(VirtualAddress page, MergedPage merged, out FrameNumber frame)
    {
        frame = default;
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0 || !TryReferenceMapped(page, out frame))
        {
            return false;
        }

        if (ReferenceEquals(Frames.Owner(frame), merged))
        {
            return true;
        }

        Memory.Put(frame);
        return false;
    }

    /// <summary>Whether a certain merged page is mapped at an address.</summary>
    internal bool MapsMerged(VirtualAddress page, MergedPage merged)
    {
        bool isMapped = TryReferenceMerged(page, merged, out FrameNumber frame);
        if (isMapped)
        {
            Memory.Put(frame);
        }

        return isMapped;
    }

    /// <summary>MADV_UNMERGEABLE: merged pages of a range get frames of their own.</summary>
    /// <returns>False if there are not enough frames.</returns>
    private bool TryUnmerge(AddressRange range)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            AccessResult result = default;
            while (IsMerged(page))
            {
                long sequence = ReadMapSequence();
                if (FindArea(page) is { } area
                    && TryUnshare(new Fault(area, page, AccessRights.None, sequence), out result)
                    && !result.Succeeded)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool IsMerged(VirtualAddress page)
    {
        if (!TryReferenceMapped(page, out FrameNumber frame))
        {
            return false;
        }

        bool isMerged = Frames.Has(frame, FrameFlags.Merged);
        Memory.Put(frame);
        return isMerged;
    }

    /// <returns>How many pages gave up their frames: this one, and perhaps the one that it was found equal to.</returns>
    private int MergePage(VirtualAddress page)
    {
        if (FindArea(page) is not { IsPrivate: true } area || !area.Has(AreaFlags.Mergeable) || !TryReferenceMapped(page, out FrameNumber frame))
        {
            return 0;
        }

        int merged = Frames.IsPlainPrivate(frame) ? MergeWithEqual(page, frame) : 0;
        Memory.Put(frame);
        return merged;
    }

    private int MergeWithEqual(VirtualAddress page, FrameNumber frame)
    {
        MergeTable table = Memory.Merging;
        ulong hash = Memory.Hash(frame);
        foreach (MergedPage merged in table.Merged(hash))
        {
            if (!merged.TryReference(out FrameNumber shared))
            {
                table.Remove(hash, merged);
                continue;
            }

            bool succeeded = TryMergeInto(page, frame, shared, merged);
            Memory.Put(shared);
            if (succeeded)
            {
                return 1;
            }
        }

        return table.Exchange(hash, new Mapping(this, page)) is { } other && other != new Mapping(this, page)
            ? other.Space.MergeBoth(other.Address, new Mapping(this, page), frame, hash)
            : 0;
    }

    /// <summary>Two pages that are not merged yet, the other one in this address space, come to share a fresh frame.</summary>
    private int MergeBoth(VirtualAddress otherPage, Mapping one, FrameNumber oneFrame, ulong hash)
    {
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0 || !TryReferenceMapped(otherPage, out FrameNumber otherFrame))
        {
            return 0;
        }

        int count = 0;
        bool isWorthIt = otherFrame != oneFrame
            && Frames.IsPlainPrivate(otherFrame)
            && Memory.AreEqual(otherFrame, oneFrame);
        if (isWorthIt && Memory.TryAllocate(out FrameNumber shared))
        {
            Memory.Copy(oneFrame, shared);
            MergedPage merged = new();
            Frames.SetOwner(shared, merged, 0, FrameFlags.Anonymous | FrameFlags.Dirty | FrameFlags.Merged);
            count += TryMergeInto(otherPage, otherFrame, shared, merged) ? 1 : 0;
            count += one.Space.TryMergeInto(one.Address, oneFrame, shared, merged) ? 1 : 0;
            Memory.Merging.Add(hash, merged);
            Memory.Put(shared);
        }

        Memory.Put(otherFrame);
        return count;
    }

    /// <summary>
    /// Lets a page share a frame with the same bytes. The caller holds references on both frames.
    /// </summary>
    /// <remarks>
    /// The bytes can be compared for good only once nobody can store any more, neither a CPU nor a device; and the device may not be told
    /// last, or it reads the old frame while a CPU makes its copy of the new one (PROTOCOL B8):
    /// <code>
    ///   merging                                        others
    ///   bracket start                             ->   devices drop their translations; refills retry
    ///   lock leaf; take write permission; unlock
    ///   compare                                        store: a copy, or permission again: the pte is not what it was
    ///   lock leaf; unchanged? clear; flush; set; unlock
    ///   bracket end
    ///   drop the old frame
    /// </code>
    /// A pte that had regained and lost permission meanwhile would look unchanged; the leaf's revocations tell.
    /// </remarks>
    private bool TryMergeInto(VirtualAddress page, FrameNumber frame, FrameNumber shared, MergedPage merged)
    {
        if (Frames.Owner(frame) is not AnonymousFamily family || !Memory.AreEqual(frame, shared))
        {
            return false;
        }

        SplitHugePage(page);
        merged.Add(family, Frames.Index(frame));
        bool replaced = false;
        InvalidationRange change = new(AddressRange.OfPage(page), InvalidationEvent.Clear, FindArea(page));
        using (Begin(HookSite.Merge, in change))
        {
            LeafTable leaf = _table.Find(page);
            if (!leaf.IsNull && TryTakeWritePermission(leaf, page, frame, out Pte pte, out long revocations)
                && Memory.AreEqual(frame, shared))
            {
                replaced = TryShare(leaf, page, pte, revocations, shared);
            }
        }

        TellLate(HookSite.Merge, HookPlacement.AfterChange, in change);
        if (replaced)
        {
            Memory.Put(frame);
        }

        TellLate(HookSite.Merge, HookPlacement.AfterFree, in change);
        return replaced;
    }

    private bool TryTakeWritePermission(LeafTable leaf, VirtualAddress page, FrameNumber frame, out Pte pte, out long revocations)
    {
        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        pte = leaf.Read(index);
        bool taken = pte.IsPresent && !pte.IsSpecial && pte.Frame == frame && leaf.BelongsTo(_table, page) && Frames.Pins(frame) == 0;
        if (taken)
        {
            pte = pte.Shared();
            Revoke(leaf, index, pte);
            leaf.EndRevocation();
            FlushUnderLeafLock(HookSite.Merge, AddressRange.OfPage(page), leaf);
        }

        revocations = leaf.ReadRevocations();
        leaf.Unlock();
        return taken;
    }

    private bool TryShare(LeafTable leaf, VirtualAddress page, Pte old, long revocations, FrameNumber shared)
    {
        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        bool unchanged = leaf.Read(index) == old && leaf.ReadRevocations() == revocations;
        if (unchanged)
        {
            Revoke(leaf, index, Pte.None);
            FlushUnderLeafLock(HookSite.Merge, AddressRange.OfPage(page), leaf);
            leaf.Load(index, old.WithFrame(shared));
            leaf.EndRevocation();
            Frames.AddMapping(shared);
            Frames.MappingBecomesReference(old.Frame);
        }

        leaf.Unlock();
        return unchanged;
    }
}
