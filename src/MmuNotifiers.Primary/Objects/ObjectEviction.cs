using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of objects in an eviction: shared memory goes to the swap store with the private pages of the same batch, files are written back
/// or dropped. Used by one <see cref="EvictionBatch"/>, by the batch: add, prepare, complete.
/// </summary>
/// <remarks>
/// A page goes this way:
/// <code>
///   add       found in the page cache, under the object's lock: a reference, and the mark that it is isolated
///   prepare   every mapping of it is found, in all address spaces, and revoked inside brackets; dirty and young go to the frame
///             under the object's lock: does anybody else refer to it? it stays
///               shared memory: the page cache keeps a swap entry, the frame is in the swap cache, writing
///               shared memory that was never written, a clean page of a file: the page cache keeps nothing but that it was there
///   complete  a dirty page of a file: written back; then as a clean one, if nobody came to it meanwhile
///             the swap slot is not writing any more; written (or clean) and used by nobody? the frame leaves the swap cache
/// </code>
/// A mapping that was made, moved or copied after the look is missed: the page is found in use then, and stays.
/// </remarks>
internal sealed class ObjectEviction
{
    private readonly PhysicalMemory _memory;
    private readonly List<EvictedObjectPage> _pages = [];
    private readonly List<MappedPage> _mappings = [];

    /// <summary>Used while mappings are looked for.</summary>
    private readonly List<AreaOfSpace> _areas = [];

    /// <summary>Used while slots are taken.</summary>
    private SwapEntry[] _entries = new SwapEntry[32];

    internal ObjectEviction(PhysicalMemory memory) => _memory = memory;

    private FrameTable Frames => _memory.Frames;

    /// <summary>
    /// A page of an object is to go. The frame is a hint: whether the object still has it is looked at under the object's lock, which gives the
    /// reference.
    /// </summary>
    internal void Add(FrameNumber frame, MemoryObject target)
    {
        ulong index = Frames.Index(frame);
        if (target.TryIsolate(index, frame))
        {
            _pages.Add(new EvictedObjectPage { Target = target, Index = index, Frame = frame, Write = EvictedPage.NotWritten });
        }
    }

    /// <summary>
    /// Unmaps the pages that were added, everywhere, inside brackets of <see cref="HookSite.SwapOut"/>, and adds those that must be written to the
    /// swap store to its batch. No map lock is needed, no lock is held.
    /// </summary>
    internal void Prepare(SwapWrites writes)
    {
        if (_pages.Count == 0)
        {
            return;
        }

        Span<EvictedObjectPage> pages = CollectionsMarshal.AsSpan(_pages);
        FindMappings(pages);
        TakeSlots(pages);
        _mappings.RemoveAll(mapping => _pages[mapping.Page].State == EvictedObjectState.Staying);
        Span<MappedPage> mappings = CollectionsMarshal.AsSpan(_mappings);
        mappings.Sort(MappedPage.Compare);
        while (!mappings.IsEmpty)
        {
            int neighbours = CountNeighbours(mappings);
            mappings[0].Space.RevokeObjectPages(mappings[..neighbours], pages);
            mappings = mappings[neighbours..];
        }

        foreach (ref EvictedObjectPage page in pages)
        {
            Depart(ref page, writes);
        }
    }

    /// <summary>The batch was written: frees the pages that are safe and were not used meanwhile, keeps the others, and forgets all.</summary>
    internal EvictionResult Complete(SwapWrites writes, EvictionReason reason)
    {
        EvictionResult result = default;
        Span<EvictedObjectPage> pages = CollectionsMarshal.AsSpan(_pages);
        foreach (ref EvictedObjectPage page in pages)
        {
            result = result.Plus(Complete(ref page, writes));
        }

        foreach (ref readonly MappedPage mapping in CollectionsMarshal.AsSpan(_mappings))
        {
            if (mapping.IsRevoked && pages[mapping.Page].State != EvictedObjectState.Staying)
            {
                mapping.Space.CountEvictions(reason, 1);
            }
        }

        _pages.Clear();
        _mappings.Clear();
        return result;
    }

    /// <summary>Lists where the pages are mapped. A page that is locked somewhere stays, and is unmapped nowhere.</summary>
    private void FindMappings(Span<EvictedObjectPage> pages)
    {
        for (int first = 0; first < pages.Length; first++)
        {
            MemoryObject target = pages[first].Target;
            if (HasBefore(pages, first, target))
            {
                continue;
            }

            (ulong firstPage, ulong endPage) = SpanOf(pages, target);
            target.ListAreas(firstPage, endPage, _areas);
            foreach ((AddressSpace space, Area area) in _areas)
            {
                space.FindObjectPages(area, pages, _mappings);
            }

            _areas.Clear();
        }
    }

    /// <summary>How many mappings from the first on are of neighbouring pages of one address space.</summary>
    private static int CountNeighbours(ReadOnlySpan<MappedPage> mappings)
    {
        int count = 1;
        while (count < mappings.Length
            && mappings[count].Space == mappings[0].Space
            && mappings[count].Address == mappings[count - 1].Address + Page.SizeBytes)
        {
            count++;
        }

        return count;
    }

    private static bool HasBefore(ReadOnlySpan<EvictedObjectPage> pages, int end, MemoryObject target)
    {
        foreach (ref readonly EvictedObjectPage page in pages[..end])
        {
            if (page.Target == target)
            {
                return true;
            }
        }

        return false;
    }

    private static (ulong First, ulong End) SpanOf(ReadOnlySpan<EvictedObjectPage> pages, MemoryObject target)
    {
        ulong first = ulong.MaxValue;
        ulong end = 0;
        foreach (ref readonly EvictedObjectPage page in pages)
        {
            if (page.Target == target)
            {
                first = Math.Min(first, page.Index);
                end = Math.Max(end, page.Index + 1);
            }
        }

        return (first, end);
    }

    /// <summary>
    /// Gives slots to the pages of shared memory that were written and have none, in the order in which they were added. One that gets none
    /// stays, and is not unmapped for nothing.
    /// </summary>
    private void TakeSlots(Span<EvictedObjectPage> pages)
    {
        int needed = 0;
        foreach (ref readonly EvictedObjectPage page in pages)
        {
            needed += NeedsSlot(in page) ? 1 : 0;
        }

        if (needed > _entries.Length)
        {
            _entries = new SwapEntry[needed];
        }

        int taken = _memory.Swap.Allocate(_entries.AsSpan(0, needed));
        int used = 0;
        foreach (ref EvictedObjectPage page in pages)
        {
            if (!NeedsSlot(in page))
            {
                continue;
            }

            page.HasSlot = used < taken;
            if (page.HasSlot)
            {
                page.Entry = _entries[used++];
            }
            else
            {
                page.State = EvictedObjectState.Staying;
            }
        }

        // A page may have got into the swap cache or been cleaned between the two looks.
        while (used < taken)
        {
            _memory.Swap.Drop(_entries[used++]);
        }
    }

    private bool NeedsSlot(in EvictedObjectPage page) =>
        page.State == EvictedObjectState.Found
        && !page.Target.TracksWrites
        && !Frames.Has(page.Frame, FrameFlags.SwapCached)
        && (page.IsWrittenThroughPte || Frames.Has(page.Frame, FrameFlags.Dirty));

    private void Depart(ref EvictedObjectPage page, SwapWrites writes)
    {
        if (page.State == EvictedObjectState.Found)
        {
            page.Target.Depart(ref page);
        }

        if (page.HasSlot)
        {
            _memory.Swap.Drop(page.Entry);
            page.HasSlot = false;
        }

        if (page.State == EvictedObjectState.Writing && Frames.TestAndClearDirty(page.Frame))
        {
            page.Write = writes.Add(page.Entry, page.Frame);
        }
    }

    private EvictionResult Complete(ref EvictedObjectPage page, SwapWrites writes)
    {
        FrameNumber frame = page.Frame;
        bool isWritten = page.Write != EvictedPage.NotWritten;
        bool hasFailed = isWritten && !writes.IsWritten(page.Write);
        if (hasFailed)
        {
            Frames.MarkDirty(frame);
        }

        if (page.State == EvictedObjectState.NeedsWriteBack)
        {
            hasFailed = page.Target.WriteBackEvicted(page.Index, frame) != Errno.None;
            isWritten = true;
            page.Target.Depart(ref page);
        }

        bool isGone = page.State switch
        {
            EvictedObjectState.Dropped => true,
            EvictedObjectState.Writing => _memory.Swap.EndEviction(page.Entry, frame),
            _ => false,
        };
        if (isGone)
        {
            Count(in page, writes);
            _memory.Reclaim?.Evicted(frame, page.State == EvictedObjectState.Writing ? page.Entry.Value : page.Target.IdentityOf(page.Index));
        }
        else
        {
            page.State = EvictedObjectState.Staying;
        }

        Frames.TestAndClear(frame, FrameFlags.Isolated);
        _memory.Put(frame);
        return new EvictionResult(isGone ? 1 : 0, isWritten && !hasFailed ? 1 : 0, hasFailed ? 1 : 0);
    }

    private void Count(in EvictedObjectPage page, SwapWrites writes)
    {
        SwapCounters counters = _memory.Swap.Counters;
        if (page.Write != EvictedPage.NotWritten && !writes.IsZero(page.Write))
        {
            counters.CountWrite();
        }
        else if (page.Write != EvictedPage.NotWritten)
        {
            counters.CountZeroEviction();
        }
        else if (page.State == EvictedObjectState.Writing)
        {
            counters.CountCleanEviction();
        }
    }
}
