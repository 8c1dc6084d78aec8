using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>Some pages that are evicted together, private ones and those of objects: unmapped, then written in one go, then freed.</summary>
/// <remarks>
/// A page goes this way; what differs is in <see cref="PrivateEviction"/> and <see cref="ObjectEviction"/>:
/// <code>
///   isolate    a reference, and the mark that it is isolated; where it is mapped
///   slots      neighbouring ones for neighbouring pages; who gets none stays, and is not unmapped for nothing
///   revoke     one bracket over neighbouring pages; each pte loses the frame; dirty and young go to the frame
///   depart     used by somebody? it stays       dirty? its bytes are to be written
///   write      all in one go, in the order of their slots
///   complete   written (or clean) and used by nobody? it leaves the swap cache and is freed
/// </code>
/// Used by one thread at a time, again and again without an allocation when warm.
/// </remarks>
internal sealed class EvictionBatch
{
    private readonly PhysicalMemory _memory;
    private readonly SwapWrites _writes;
    private readonly PrivateEviction _private;
    private readonly ObjectEviction _objects;
    private readonly List<EvictedPage> _pages = [];
    private readonly List<MappedPage> _mappings = [];

    /// <summary>Pages that were left alone because they are pinned or locked.</summary>
    private int _held;

    /// <summary>Used while writes are added: pages by entry.</summary>
    private readonly List<(ulong Entry, int Page)> _order = [];

    /// <summary>Used while slots are taken.</summary>
    private SwapEntry[] _entries = new SwapEntry[32];

    internal EvictionBatch(PhysicalMemory memory)
    {
        _memory = memory;
        _writes = new SwapWrites(memory);
        _private = new PrivateEviction(memory);
        _objects = new ObjectEviction(memory);
    }

    private FrameTable Frames => _memory.Frames;

    /// <summary>
    /// Unmaps pages, inside brackets of <see cref="HookSite.SwapOut"/>, and begins to write those that must be. <see cref="Complete"/> follows, also where
    /// this throws. No lock is held but perhaps a map lock.
    /// </summary>
    /// <param name="candidates">Frames whose pages are to go: hints. What does not fit is passed over.</param>
    internal void Begin(ReadOnlySpan<FrameNumber> candidates)
    {
        foreach (FrameNumber frame in candidates)
        {
            if (Frames.Pins(frame) > 0)
            {
                _held++;
                continue;
            }

            EvictionKind kind = Frames.Owner(frame) is MemoryObject ? _objects : _private;
            if (kind.TryIsolate(frame, _pages.Count, _mappings, out EvictedPage page))
            {
                _pages.Add(page);
            }
            else if (page.IsHeld)
            {
                _held++;
            }
        }

        Span<EvictedPage> pages = CollectionsMarshal.AsSpan(_pages);
        _objects.FindMappings(pages, _mappings);
        Span<MappedPage> mappings = CollectionsMarshal.AsSpan(_mappings);
        mappings.Sort(MappedPage.Compare);
        TakeSlots(mappings, pages);
        Revoke(mappings, pages);
        foreach (ref EvictedPage page in pages)
        {
            if (page.State != EvictedPageState.Staying)
            {
                page.Kind.Depart(ref page);
            }
        }

        AddWrites(pages);
        _writes.Begin();
    }

    /// <summary>Waits for the writes, frees what is safe and used by nobody, and forgets all. Does nothing if nothing was begun.</summary>
    internal EvictionResult Complete(EvictionReason reason)
    {
        _writes.Wait();
        EvictionResult result = new(FreedPages: 0, WrittenPages: 0, FailedPages: 0, _held);
        Span<EvictedPage> pages = CollectionsMarshal.AsSpan(_pages);
        foreach (ref EvictedPage page in pages)
        {
            result = result.Plus(Finish(ref page));
        }

        foreach (ref readonly MappedPage mapping in CollectionsMarshal.AsSpan(_mappings))
        {
            if (mapping.IsRevoked && pages[mapping.Page].State != EvictedPageState.Staying)
            {
                mapping.Space.CountEvictions(reason, 1);
            }
        }

        _held = 0;
        _pages.Clear();
        _mappings.Clear();
        _writes.Clear();
        return result;
    }

    /// <summary>Gives slots to the pages that need one, in the order of their addresses, and then to those that are mapped nowhere. Those that get none stay.</summary>
    private void TakeSlots(ReadOnlySpan<MappedPage> mappings, Span<EvictedPage> pages)
    {
        int needed = 0;
        foreach (ref readonly EvictedPage page in pages)
        {
            needed += page.State == EvictedPageState.NeedsSlot ? 1 : 0;
        }

        if (needed > _entries.Length)
        {
            _entries = new SwapEntry[needed];
        }

        ReadOnlySpan<SwapEntry> entries = _entries.AsSpan(0, _memory.Swap.Allocate(_entries.AsSpan(0, needed)));
        foreach (ref readonly MappedPage mapping in mappings)
        {
            TakeSlot(ref pages[mapping.Page], ref entries);
        }

        foreach (ref EvictedPage page in pages)
        {
            TakeSlot(ref page, ref entries);
            if (page.State == EvictedPageState.NeedsSlot)
            {
                page.State = EvictedPageState.Staying;
                page.IsHeld = true;
            }
        }
    }

    private static void TakeSlot(ref EvictedPage page, ref ReadOnlySpan<SwapEntry> entries)
    {
        if (page.State == EvictedPageState.NeedsSlot && !entries.IsEmpty)
        {
            page.Entry = entries[0];
            page.State = EvictedPageState.HasSlot;
            entries = entries[1..];
            page.Kind.TakeSlot(ref page);
        }
    }

    private static void Revoke(Span<MappedPage> mappings, ReadOnlySpan<EvictedPage> pages)
    {
        while (!mappings.IsEmpty)
        {
            int neighbours = CountNeighbours(mappings, pages);
            if (neighbours > 0)
            {
                mappings[0].Space.RevokeForEviction(mappings[..neighbours], pages);
            }

            mappings = mappings[Math.Max(neighbours, 1)..];
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

    /// <summary>The pages that are mapped nowhere any more and dirty are written, in the order of their slots.</summary>
    private void AddWrites(Span<EvictedPage> pages)
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
            page.Write = _writes.Add(page.Entry, page.Frame);
        }
    }

    private EvictionResult Finish(ref EvictedPage page)
    {
        FrameNumber frame = page.Frame;
        bool isWritten = page.Write != EvictedPage.NotWritten;
        bool hasFailed = isWritten && !_writes.IsWritten(page.Write);
        if (hasFailed)
        {
            Frames.MarkDirty(frame);
        }

        if (page.State == EvictedPageState.NeedsWriteBack)
        {
            hasFailed = !page.Kind.TryWriteBack(ref page);
            isWritten = true;
        }

        if (page.State == EvictedPageState.HasSlot)
        {
            // Whoever was to be told of a bracket threw.
            _memory.Swap.Drop(page.Entry);
        }

        bool isGone = page.State switch
        {
            EvictedPageState.Dropped => true,
            EvictedPageState.Writing => _memory.Swap.EndEviction(page.Entry, frame),
            EvictedPageState.Droppable => Frames.IsUnmapped(frame, references: 1),
            _ => false,
        };
        if (isGone)
        {
            Count(in page);
            _memory.Reclaim?.Evicted(frame, page.State == EvictedPageState.Writing ? page.Entry.Value : page.Kind.IdentityOf(in page));
        }
        else
        {
            page.State = EvictedPageState.Staying;
        }

        Frames.TestAndClear(frame, FrameFlags.Isolated);
        _memory.Put(frame);
        return new EvictionResult(isGone ? 1 : 0, isWritten && !hasFailed ? 1 : 0, hasFailed ? 1 : 0, page.IsHeld ? 1 : 0);
    }

    private void Count(in EvictedPage page)
    {
        SwapCounters counters = _memory.Swap.Counters;
        switch (page.State)
        {
            case EvictedPageState.Droppable:
                counters.CountLazyFree();
                break;
            case EvictedPageState.Writing when page.Write == EvictedPage.NotWritten:
                counters.CountCleanEviction();
                break;
            case EvictedPageState.Writing when _writes.IsZero(page.Write):
                counters.CountZeroEviction();
                break;
            case EvictedPageState.Writing:
                counters.CountWrite();
                break;
        }
    }
}
