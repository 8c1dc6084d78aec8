using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages of objects that are evicted and mapped in this address space. All without the map lock.</summary>
/// <remarks>
/// An eviction against a change of areas, as a fault against it: the area is looked up under a map sequence, which is checked under the leaf's
/// lock. So what a nonlinear mapping keeps of a page that goes is what the area, at that moment, needs:
/// <code>
///   eviction                                     remap_file_pages, mremap
///   s = map sequence; area = find(address)
///   bracket start
///                                                sequence odd; area becomes nonlinear, or moves; sequence even
///   lock leaf; sequence != s: leave it alone     lock leaf: changes the pte, or takes it along
///   -- or --
///   lock leaf; sequence == s: pte = what the
///     mapping shows, but no frame                ... lock leaf: changes that pte, or takes it along
///   bracket end
/// </code>
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>Lists where pages of an object are mapped in an area. Takes no lock: a mapping that comes or goes meanwhile may be missed, or gone.</summary>
    /// <param name="area">An area that maps their object. If it is locked, they stay.</param>
    /// <param name="pages">The pages of the eviction, of this object and others.</param>
    /// <param name="found">Receives the mappings.</param>
    internal void FindObjectPages(Area area, Span<EvictedObjectPage> pages, List<MappedPage> found)
    {
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0)
        {
            return;
        }

        if (area.Has(AreaFlags.Nonlinear))
        {
            FindNonlinear(area, pages, found);
            return;
        }

        for (int i = 0; i < pages.Length; i++)
        {
            ref EvictedObjectPage page = ref pages[i];
            if (page.Target == area.Object && page.Index - area.PageOffset < area.Range.Pages)
            {
                VirtualAddress address = area.Range.Start + ((page.Index - area.PageOffset) << Page.Shift);
                Note(area, address, ReadPte(address), pages, i, found);
            }
        }
    }

    /// <summary>
    /// Revokes mappings of pages of objects, inside one bracket for each area; what a nonlinear mapping shows stays known. What is not mapped there any more,
    /// pinned or locked by now stays.
    /// </summary>
    /// <param name="mappings">Neighbouring pages of this address space; notes which are gone.</param>
    /// <param name="pages">The pages of the eviction, which holds a reference on each.</param>
    internal void RevokeObjectPages(Span<MappedPage> mappings, ReadOnlySpan<EvictedObjectPage> pages)
    {
        using GraceSection section = _deviceFaults.Enter();
        while (!mappings.IsEmpty && Shared.Read(in _released, this) == 0)
        {
            long sequence = ReadMapSequence();
            Area? area = FindArea(mappings[0].Address);
            int count = 1;
            if (area is { Object: not null } && MayEvictObjectPages(area))
            {
                count = (int)Math.Min((ulong)mappings.Length, area.Range.End.PageNumber - mappings[0].Address.PageNumber);
                RevokeObjectPages(area, sequence, mappings[..count], pages);
            }

            mappings = mappings[count..];
        }
    }

    private static bool MayEvictObjectPages(Area area) => !area.Has(AreaFlags.Locked | AreaFlags.FrameMap);

    /// <summary>Looks at every pte of a nonlinear area: only they know what they show.</summary>
    private void FindNonlinear(Area area, Span<EvictedObjectPage> pages, List<MappedPage> found)
    {
        VirtualAddress start = area.Range.Start;
        while (_table.TryFindNext(ref start, out LeafTable leaf) && start < area.Range.End)
        {
            AddressRange part = AddressRange.FromLength(start, LeafTable.SpanBytes).Intersect(area.Range);
            for (VirtualAddress address = part.Start; address < part.End && leaf.BelongsTo(_table, start); address += Page.SizeBytes)
            {
                Pte pte = leaf.Read(LeafTable.IndexOf(address));
                int index = pte.IsPresent && pte.IsObject ? IndexOf(pages, pte.Frame) : -1;
                if (index >= 0)
                {
                    Note(area, address, pte, pages, index, found);
                }
            }

            start += LeafTable.SpanBytes;
        }
    }

    private static int IndexOf(ReadOnlySpan<EvictedObjectPage> pages, FrameNumber frame)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            if (pages[i].Frame == frame)
            {
                return i;
            }
        }

        return -1;
    }

    private void Note(Area area, VirtualAddress address, Pte pte, Span<EvictedObjectPage> pages, int index, List<MappedPage> found)
    {
        ref EvictedObjectPage page = ref pages[index];
        if (!MapsObjectPage(pte, page.Frame))
        {
            return;
        }

        if (!MayEvictObjectPages(area))
        {
            page.State = EvictedObjectState.Staying;
            return;
        }

        page.IsWrittenThroughPte |= pte.IsDirty;
        found.Add(new MappedPage { Space = this, Address = address, Page = index });
    }

    private static bool MapsObjectPage(Pte pte, FrameNumber frame) => pte.IsPresent && pte.IsObject && pte.Frame == frame;

    /// <summary>The pte of a page; without the leaf's lock it may be out of date at once. Inside a section of <see cref="_deviceFaults"/>.</summary>
    private Pte ReadPte(VirtualAddress page)
    {
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return Pte.None;
        }

        Pte pte = leaf.Read(LeafTable.IndexOf(page));
        return leaf.BelongsTo(_table, page) ? pte : Pte.None;
    }

    private void RevokeObjectPages(Area area, long sequence, Span<MappedPage> mappings, ReadOnlySpan<EvictedObjectPage> pages)
    {
        InvalidationRange change = new(AddressRange.FromPages(mappings[0].Address, (ulong)mappings.Length), InvalidationEvent.Clear, area, Memory.Reclaim);
        using (Begin(HookSite.SwapOut, in change))
        {
            for (int done = 0; done < mappings.Length;)
            {
                VirtualAddress first = mappings[done].Address;
                int count = (int)Math.Min((ulong)(mappings.Length - done), LeafTable.Entries - (first.PageNumber % LeafTable.Entries));
                if (_table.Find(first) is { IsNull: false } leaf)
                {
                    RevokeObjectPagesIn(leaf, area, sequence, mappings.Slice(done, count), pages);
                }

                done += count;
            }
        }

        TellLate(HookSite.SwapOut, HookPlacement.AfterChange, in change);
        foreach (ref readonly MappedPage mapping in mappings)
        {
            if (mapping.IsRevoked)
            {
                Memory.Put(pages[mapping.Page].Frame);
            }
        }

        TellLate(HookSite.SwapOut, HookPlacement.AfterFree, in change);
    }

    private void RevokeObjectPagesIn(
        LeafTable leaf, Area area, long sequence, Span<MappedPage> mappings, ReadOnlySpan<EvictedObjectPage> pages)
    {
        leaf.Lock();
        if (MapChangedSince(sequence) || !leaf.BelongsTo(_table, mappings[0].Address))
        {
            leaf.Unlock();
            return;
        }

        foreach (ref MappedPage mapping in mappings)
        {
            int index = LeafTable.IndexOf(mapping.Address);
            Pte pte = leaf.Read(index);
            FrameNumber frame = pages[mapping.Page].Frame;
            if (!MapsObjectPage(pte, frame) || Frames.Pins(frame) > 0)
            {
                continue;
            }

            if (pte.IsDirty)
            {
                Frames.MarkDirty(frame);
            }

            if (pte.IsAccessed)
            {
                Frames.Mark(frame, FrameFlags.Young);
            }

            Revoke(leaf, index, PageOffsetToKeep(area, mapping.Address, pte));
            Frames.MappingBecomesReference(frame);
            mapping.IsRevoked = true;
        }

        FinishRevocation(leaf, AddressRange.FromPages(mappings[0].Address, (ulong)mappings.Length), HookSite.SwapOut);
    }
}
