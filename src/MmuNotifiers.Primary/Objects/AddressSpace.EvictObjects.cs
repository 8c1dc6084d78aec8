using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Where pages of objects that are to be evicted are mapped in this address space. Without the map lock.</summary>
public sealed partial class AddressSpace
{
    /// <summary>Lists where pages of an object are mapped in an area. Takes no lock: a mapping that comes or goes meanwhile may be missed, or gone.</summary>
    /// <param name="area">An area that maps their object. If it is locked, they stay.</param>
    /// <param name="pages">The pages of the eviction, of this object and others.</param>
    /// <param name="found">Receives the mappings.</param>
    internal void FindObjectPages(Area area, Span<EvictedPage> pages, List<MappedPage> found)
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
            ref EvictedPage page = ref pages[i];
            if (page.Target == area.Object && page.Index - area.PageOffset < area.Range.Pages)
            {
                VirtualAddress address = area.Range.Start + ((page.Index - area.PageOffset) << Page.Shift);
                Note(area, address, ReadPte(address), pages, i, found);
            }
        }
    }

    /// <summary>Looks at every pte of a nonlinear area: only they know what they show.</summary>
    private void FindNonlinear(Area area, Span<EvictedPage> pages, List<MappedPage> found)
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

    private static int IndexOf(ReadOnlySpan<EvictedPage> pages, FrameNumber frame)
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

    private void Note(Area area, VirtualAddress address, Pte pte, Span<EvictedPage> pages, int index, List<MappedPage> found)
    {
        ref EvictedPage page = ref pages[index];
        if (!pte.IsPresent || !pte.IsObject || pte.Frame != page.Frame)
        {
            return;
        }

        if (!LetsPagesGo(area))
        {
            page.State = EvictedPageState.Staying;
            page.IsHeld = IsLockedAt(address);
            return;
        }

        page.IsWrittenThroughPte |= pte.IsDirty;
        found.Add(new MappedPage { Space = this, Address = address, Page = index });
    }

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
}
