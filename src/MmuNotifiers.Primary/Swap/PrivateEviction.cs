using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// The private pages of an eviction, merged ones too. Used by one <see cref="EvictionBatch"/>: add, prepare, complete.
/// </summary>
/// <remarks>
/// A page goes this way:
/// <code>
///   add       found through its owner and a pte, under the leaf's lock: a reference, and the mark that it is isolated
///   prepare   a slot, if it has none; in the swap cache, writing: whoever maps it from here on may not write to it
///             brackets; each pte becomes the swap entry; dirty and young go to the frame
///             still mapped? it stays      dirty? its bytes are to be written
///   complete  not writing any more; written (or clean) and used by nobody? it leaves the cache and is freed
/// </code>
/// </remarks>
internal sealed class PrivateEviction
{
    private readonly PhysicalMemory _memory;
    private readonly List<EvictedPage> _pages = [];
    private readonly List<MappedPage> _mappings = [];

    /// <summary>Used while a page is added.</summary>
    private readonly List<Mapping> _candidates = [];

    /// <summary>Used while writes are added: pages by entry.</summary>
    private readonly List<(ulong Entry, int Page)> _order = [];

    /// <summary>Used while slots are taken.</summary>
    private SwapEntry[] _entries = new SwapEntry[32];

    internal PrivateEviction(PhysicalMemory memory) => _memory = memory;

    private FrameTable Frames => _memory.Frames;

    /// <summary>A private page is to go. The frame is a hint; what does not fit is passed over.</summary>
    internal void Add(FrameNumber frame)
    {
        int firstMapping = _mappings.Count;
        if (frame == PhysicalMemory.ZeroFrame || Frames.Has(frame, FrameFlags.Isolated) || !TryReference(frame))
        {
            return;
        }

        if (!Frames.TestAndSet(frame, FrameFlags.Isolated))
        {
            _mappings.RemoveRange(firstMapping, _mappings.Count - firstMapping);
            _memory.Put(frame);
            return;
        }

        EvictedPageState state = MayGo(frame) ? Classify(frame, _mappings.Count - firstMapping) : EvictedPageState.Staying;
        EvictedPage page = new() { Frame = frame, State = state, Write = EvictedPage.NotWritten };
        if (state == EvictedPageState.Writing && !TryBegin(ref page))
        {
            state = EvictedPageState.Staying;
        }

        if (state == EvictedPageState.Staying)
        {
            _mappings.RemoveRange(firstMapping, _mappings.Count - firstMapping);
            Release(frame);
            return;
        }

        _pages.Add(page);
    }

    /// <summary>Unmaps the pages and adds those that must be written. No lock is held but perhaps a map lock.</summary>
    internal void Prepare(SwapWrites writes)
    {
        if (_pages.Count == 0)
        {
            return;
        }

        Span<MappedPage> mappings = CollectionsMarshal.AsSpan(_mappings);
        Span<EvictedPage> pages = CollectionsMarshal.AsSpan(_pages);
        mappings.Sort(MappedPage.Compare);
        TakeSlots(mappings, pages);
        while (!mappings.IsEmpty)
        {
            int neighbours = CountNeighbours(mappings, pages);
            if (neighbours > 0)
            {
                mappings[0].Space.RevokeForEviction(mappings[..neighbours], pages);
            }

            mappings = mappings[Math.Max(neighbours, 1)..];
        }

        AddWrites(writes, pages);
    }

    /// <summary>The writes are over: frees what is safe and used by nobody.</summary>
    internal EvictionResult Complete(SwapWrites writes, EvictionReason reason)
    {
        EvictionResult result = default;
        Span<EvictedPage> pages = CollectionsMarshal.AsSpan(_pages);
        for (int index = 0; index < pages.Length; index++)
        {
            result = result.Plus(Complete(ref pages[index], writes));
        }

        foreach (MappedPage mapping in _mappings)
        {
            if (mapping.IsRevoked && pages[mapping.Page].State != EvictedPageState.Staying)
            {
                mapping.Space.CountEvictions(reason, 1);
            }
        }

        _pages.Clear();
        _mappings.Clear();
        return result;
    }

    private EvictionResult Complete(ref EvictedPage page, SwapWrites writes)
    {
        FrameNumber frame = page.Frame;
        bool isWritten = page.Write != EvictedPage.NotWritten;
        bool hasFailed = isWritten && !writes.IsWritten(page.Write);
        if (hasFailed)
        {
            Frames.MarkDirty(frame);
        }

        bool isGone = page.State switch
        {
            EvictedPageState.Writing => _memory.Swap.EndEviction(page.Entry, frame),
            EvictedPageState.Droppable => Frames.IsUnmapped(frame, references: 1),
            _ => false,
        };
        if (isGone)
        {
            Count(in page, writes);
            _memory.Reclaim?.Evicted(frame, page.State == EvictedPageState.Writing ? page.Entry.Value : 0);
        }
        else
        {
            page.State = EvictedPageState.Staying;
        }

        Release(frame);
        return new EvictionResult(isGone ? 1 : 0, isWritten && !hasFailed ? 1 : 0, hasFailed ? 1 : 0);
    }

    private void Count(in EvictedPage page, SwapWrites writes)
    {
        SwapCounters counters = _memory.Swap.Counters;
        if (page.State == EvictedPageState.Droppable)
        {
            counters.CountLazyFree();
        }
        else if (page.Write == EvictedPage.NotWritten)
        {
            counters.CountCleanEviction();
        }
        else if (writes.IsZero(page.Write))
        {
            counters.CountZeroEviction();
        }
        else
        {
            counters.CountWrite();
        }
    }

    /// <summary>A reference on the frame, through a pte that maps it or the swap cache; its mappings are listed.</summary>
    private bool TryReference(FrameNumber frame)
    {
        FindCandidates(frame);
        bool isReferenced = false;
        foreach (Mapping mapping in _candidates)
        {
            isReferenced = isReferenced || mapping.Space.TryReferenceForEviction(mapping.Address, frame);
        }

        if (!isReferenced)
        {
            return Frames.Has(frame, FrameFlags.SwapCached) && _memory.Swap.TryReferenceUnmapped(frame);
        }

        // What was found by number alone may have been another page's; with the reference the owner is certain.
        FindCandidates(frame);
        foreach (Mapping mapping in _candidates)
        {
            if (mapping.Space.MapsForEviction(mapping.Address, frame))
            {
                _mappings.Add(new MappedPage { Space = mapping.Space, Address = mapping.Address, Page = _pages.Count });
            }
        }

        return true;
    }

    private void FindCandidates(FrameNumber frame)
    {
        _candidates.Clear();
        switch (Frames.Owner(frame))
        {
            case AnonymousFamily family:
                family.Candidates(Frames.Index(frame), _candidates);
                break;
            case MergedPage merged:
                merged.Candidates(_candidates);
                break;
        }
    }

    /// <summary>Whether nobody but ptes that may be revoked, the swap cache and this eviction has the frame. A first look, to be spared brackets for nothing.</summary>
    private bool MayGo(FrameNumber frame)
    {
        int cache = Frames.Has(frame, FrameFlags.SwapCached) ? 1 : 0;
        if (Frames.Pins(frame) > 0 || Frames.References(frame) > Frames.Mappings(frame) + cache + 1)
        {
            return false;
        }

        foreach (ref readonly MappedPage mapping in CollectionsMarshal.AsSpan(_mappings))
        {
            if (mapping.Page == _pages.Count && !mapping.Space.MayEvict(mapping.Address))
            {
                return false;
            }
        }

        return true;
    }

    private EvictedPageState Classify(FrameNumber frame, int mappings)
    {
        FrameFlags flags = Frames.Flags(frame);
        if ((flags & FrameFlags.SwapCached) == 0)
        {
            bool isDroppable = mappings == 1 && (flags & (FrameFlags.Dirty | FrameFlags.Merged)) == 0;
            return isDroppable ? EvictedPageState.Droppable : EvictedPageState.NeedsSlot;
        }

        // What was read from where nothing can be written gets a place of its own once it was changed.
        bool isStale = (flags & FrameFlags.Dirty) != 0 && !SwapSpace.IsWritable(_memory.Swap.EntryOf(frame));
        return isStale && _memory.Swap.TryUncache(frame) ? EvictedPageState.NeedsSlot : EvictedPageState.Writing;
    }

    private bool TryBegin(ref EvictedPage page)
    {
        bool begun = _memory.Swap.TryBeginEviction(page.Frame, out SwapEntry entry);
        page.Entry = entry;
        return begun;
    }

    /// <summary>Gives slots to the pages that need one, in the order of their addresses. Those that get none stay.</summary>
    private void TakeSlots(ReadOnlySpan<MappedPage> mappings, Span<EvictedPage> pages)
    {
        int needed = 0;
        foreach (ref EvictedPage page in pages)
        {
            needed += page.State == EvictedPageState.NeedsSlot ? 1 : 0;
        }

        if (needed > _entries.Length)
        {
            _entries = new SwapEntry[needed];
        }

        int taken = _memory.Swap.Allocate(_entries.AsSpan(0, needed));
        int used = 0;
        for (int i = 0; i < mappings.Length && used < taken; i++)
        {
            ref EvictedPage page = ref pages[mappings[i].Page];
            if (page.State == EvictedPageState.NeedsSlot)
            {
                page.Entry = _entries[used++];
                page.State = EvictedPageState.Writing;
                _memory.Swap.BeginEviction(page.Entry, page.Frame);
            }
        }

        foreach (SwapEntry entry in _entries.AsSpan(used, taken - used))
        {
            _memory.Swap.Drop(entry);
        }

        foreach (ref EvictedPage page in pages)
        {
            page.State = page.State == EvictedPageState.NeedsSlot ? EvictedPageState.Staying : page.State;
        }
    }

    /// <summary>The pages that are mapped nowhere any more and dirty are written, in the order of their slots.</summary>
    private void AddWrites(SwapWrites writes, Span<EvictedPage> pages)
    {
        _order.Clear();
        for (int index = 0; index < pages.Length; index++)
        {
            ref readonly EvictedPage page = ref pages[index];
            bool isUnmapped = page.State == EvictedPageState.Writing && Frames.Mappings(page.Frame) == 0;
            if (isUnmapped && SwapSpace.IsWritable(page.Entry) && Frames.TestAndClearDirty(page.Frame))
            {
                _order.Add((page.Entry.Value, index));
            }
        }

        _order.Sort();
        foreach ((_, int index) in _order)
        {
            ref EvictedPage page = ref pages[index];
            page.Write = writes.Add(page.Entry, page.Frame);
        }
    }

    /// <summary>How many mappings from the first on are of neighbouring pages of one address space that are to go.</summary>
    private static int CountNeighbours(ReadOnlySpan<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        int count = 0;
        while (count < mappings.Length
            && pages[mappings[count].Page].State != EvictedPageState.Staying
            && ReferenceEquals(mappings[count].Space, mappings[0].Space)
            && mappings[count].Address == mappings[0].Address + ((ulong)count << Page.Shift))
        {
            count++;
        }

        return count;
    }

    private void Release(FrameNumber frame)
    {
        Frames.TestAndClear(frame, FrameFlags.Isolated);
        _memory.Put(frame);
    }
}
