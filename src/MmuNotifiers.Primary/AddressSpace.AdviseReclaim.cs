namespace MmuNotifiers.Primary;

/// <summary>Advice about what is in memory and what is not: Cold, PageOut, WillNeed.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// MADV_COLD: pages that only this mapping has are no longer young, and the first to go when memory is short. Only the accessed bits change,
    /// so there is no bracket. The map lock is held.
    /// </summary>
    private Errno MakeCold(Area area, AddressRange part)
    {
        if (!MayGo(area))
        {
            return Errno.EINVAL;
        }

        SplitHugePages(part);
        for (LeafTable leaf = _table.First(part); !leaf.IsNull; leaf = NextLeaf(leaf, part))
        {
            AddressRange inLeaf = leaf.Range.Intersect(part);
            leaf.Lock();
            for (VirtualAddress page = inLeaf.Start; page < inLeaf.End; page += Page.SizeBytes)
            {
                Pte pte = leaf.Read(LeafTable.IndexOf(page));
                if (IsMappedHereAlone(pte))
                {
                    leaf.Load(LeafTable.IndexOf(page), pte.Old());
                    Frames.TestAndClear(pte.Frame, FrameFlags.Young);
                    Memory.Reclaim?.MakeOldest(pte.Frame);
                }
            }

            leaf.Unlock();
        }

        return Errno.None;
    }

    /// <summary>
    /// MADV_PAGEOUT: pages that only this mapping has go at once, to swap or to their file; what can be had again without is dropped. Pages that
    /// cannot go stay, and nobody is told. Takes the map lock only to find page tables and to split huge pages.
    /// </summary>
    private Errno PageOut(AddressRange range) =>
        ForEachArea(range, static area => MayGo(area) ? Errno.None : Errno.EINVAL, (_, part) =>
        {
            EvictPages(part);
            return Errno.None;
        });

    private static bool MayGo(Area area) => !area.Has(AreaFlags.FrameMap | AreaFlags.Locked);

    private void EvictPages(AddressRange range)
    {
        PageEviction eviction = new(Memory);
        FrameNumber[] frames = new FrameNumber[LeafTable.Entries];
        Pte[] ptes = new Pte[LeafTable.Entries];
        while (TryFindLeafRange(range, out AddressRange part))
        {
            using (LockMap())
            {
                SplitHugePages(part);
            }

            int count = FindFramesToEvict(part, frames, ptes);
            eviction.Evict(frames.AsSpan(0, count), EvictionReason.Advice);
            range = new AddressRange(part.End, range.End);
        }
    }

    /// <summary>The frames that only this mapping has, of addresses of one leaf: hints for an eviction, which looks again.</summary>
    private int FindFramesToEvict(AddressRange part, Span<FrameNumber> frames, Span<Pte> ptes)
    {
        int count = 0;
        foreach (Pte pte in ptes[..ReadPtes(part, ptes)])
        {
            if (IsMappedHereAlone(pte))
            {
                frames[count++] = pte.Frame;
            }
        }

        return count;
    }

    private bool IsMappedHereAlone(Pte pte) => pte.IsPresent && !pte.IsSpecial && Frames.Mappings(pte.Frame) == 1;

    /// <summary>
    /// MADV_WILLNEED: what a file holds is read into its page cache, and what was evicted is brought back from swap: pages of shared memory into the
    /// object, private pages into the swap cache. It is there when this returns. What cannot be read is left for the fault to tell.
    /// </summary>
    private Errno Prefetch(AddressRange range) => ForEachArea(range, static _ => Errno.None, (area, part) =>
    {
        if (area.Object is FileObject file)
        {
            Prefetch(file, area.PageOffsetOf(part.Start), part.Pages);
        }

        if (Memory.Swap.IsInUse)
        {
            BringBack(area, part);
        }

        return Errno.None;
    });

    private void Prefetch(FileObject file, ulong firstPage, ulong pages)
    {
        for (ulong page = firstPage; page < firstPage + pages && TryHave(file, page); page++)
        {
        }
    }

    private bool TryHave(MemoryObject target, ulong page)
    {
        bool found = target.GetPage(page, out FrameNumber frame) == FaultResult.Success;
        if (found)
        {
            Memory.Put(frame);
        }

        return found;
    }

    /// <summary>Brings back what was evicted: what the ptes know of, and what a linear mapping shows of its object.</summary>
    private void BringBack(Area area, AddressRange part)
    {
        if (area.Object is { } target)
        {
            ulong first = area.PageOffsetOf(part.Start);
            foreach (ulong page in target.ListSwapped(first, first + part.Pages))
            {
                TryHave(target, page);
            }
        }

        Pte[] ptes = new Pte[LeafTable.Entries];
        for (AddressRange rest = part; TryFindLeafRange(rest, out AddressRange inLeaf); rest = new AddressRange(inLeaf.End, rest.End))
        {
            foreach (Pte pte in ptes.AsSpan(0, ReadPtes(inLeaf, ptes)))
            {
                if (pte.Kind is PteKind.Swap or PteKind.Nonlinear)
                {
                    BringBack(area, pte);
                }
            }
        }
    }

    /// <summary>The ptes of addresses of one leaf that are not empty, as they are at one moment.</summary>
    private int ReadPtes(AddressRange part, Span<Pte> ptes)
    {
        int count = 0;
        LeafTable leaf = _table.Find(part.Start);
        if (leaf.IsNull)
        {
            return 0;
        }

        leaf.Lock();
        if (leaf.BelongsTo(_table, part.Start))
        {
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                Pte pte = leaf.Read(LeafTable.IndexOf(page));
                if (!pte.IsNone)
                {
                    ptes[count++] = pte;
                }
            }
        }

        leaf.Unlock();
        return count;
    }

    private void BringBack(Area area, Pte pte)
    {
        if (pte.Kind == PteKind.Nonlinear)
        {
            if (area.Object is { } target && target.IsEvicted(pte.Payload))
            {
                TryHave(target, pte.Payload);
            }
        }
        else if (Memory.Swap.Read(pte.SwapEntry, window: null, out FrameNumber frame) == FaultResult.Success)
        {
            Memory.Put(frame);
        }
    }
}
