namespace MmuNotifiers.Primary;

/// <summary>
/// Pages of objects in an eviction: shared memory goes to the swap store with the private pages of the same batch, files are written back
/// or dropped. See <see cref="EvictionBatch"/> for the order.
/// </summary>
/// <remarks>
/// <code>
///   isolate    found in the page cache, under the object's lock; then every mapping is looked for, in all address spaces
///   revoke     each pte becomes empty, or keeps what a nonlinear mapping shows
///   depart     under the object's lock: does anybody else refer to it? it stays
///                shared memory: the page cache keeps a swap entry, the frame is in the swap cache, writing
///                shared memory that was never written, a clean page of a file: the page cache keeps nothing but that it was there
///   complete   a dirty page of a file: written back; then as a clean one, if nobody came to it meanwhile
/// </code>
/// A mapping that was made, moved or copied after the look is missed: the page is found in use then, and stays.
/// </remarks>
internal sealed class ObjectEviction(PhysicalMemory memory) : EvictionKind
{
    /// <summary>Used while mappings are looked for.</summary>
    private readonly List<AreaOfSpace> _areas = [];

    private FrameTable Frames => memory.Frames;

    /// <summary>As the base says; whether the object still has the page is looked at under the object's lock, which gives the reference.</summary>
    internal override bool TryIsolate(FrameNumber frame, int number, List<MappedPage> mappings, out EvictedPage page)
    {
        ulong index = Frames.Index(frame);
        if (Frames.Owner(frame) is not MemoryObject target || !target.TryIsolate(index, frame))
        {
            page = default;
            return false;
        }

        page = new EvictedPage
        {
            Kind = this, Frame = frame, Target = target, Index = index, State = EvictedPageState.Droppable, Write = EvictedPage.NotWritten,
        };
        return true;
    }

    /// <summary>As the base says. A page that is locked somewhere stays, and is unmapped nowhere; one of shared memory that was written needs a slot.</summary>
    internal override void FindMappings(Span<EvictedPage> pages, List<MappedPage> mappings)
    {
        for (int first = 0; first < pages.Length; first++)
        {
            if (pages[first].Target is { } target && !HasBefore(pages, first, target))
            {
                (ulong firstPage, ulong endPage) = SpanOf(pages, target);
                target.ListAreas(firstPage, endPage, _areas);
                foreach ((AddressSpace space, Area area) in _areas)
                {
                    space.FindObjectPages(area, pages, mappings);
                }

                _areas.Clear();
            }
        }

        foreach (ref EvictedPage page in pages)
        {
            page.State = NeedsSlot(in page) ? EvictedPageState.NeedsSlot : page.State;
        }
    }

    /// <inheritdoc/>
    internal override void Depart(ref EvictedPage page)
    {
        bool hasSlot = page.State == EvictedPageState.HasSlot;
        SwapEntry slot = page.Entry;
        page.Target!.Depart(ref page);
        bool isUsed = page.State == EvictedPageState.Writing && page.Entry == slot;
        if (hasSlot && !isUsed)
        {
            memory.Swap.Drop(slot);
        }
    }

    /// <inheritdoc/>
    internal override bool TryWriteBack(ref EvictedPage page)
    {
        bool isWritten = page.Target!.WriteBackEvicted(page.Index, page.Frame) == Errno.None;
        page.Target.Depart(ref page);
        return isWritten;
    }

    /// <inheritdoc/>
    internal override ulong IdentityOf(in EvictedPage page) => page.Target!.IdentityOf(page.Index);

    private static bool HasBefore(ReadOnlySpan<EvictedPage> pages, int end, MemoryObject target)
    {
        foreach (ref readonly EvictedPage page in pages[..end])
        {
            if (page.Target == target)
            {
                return true;
            }
        }

        return false;
    }

    private static (ulong First, ulong End) SpanOf(ReadOnlySpan<EvictedPage> pages, MemoryObject target)
    {
        ulong first = ulong.MaxValue;
        ulong end = 0;
        foreach (ref readonly EvictedPage page in pages)
        {
            if (page.Target == target)
            {
                first = Math.Min(first, page.Index);
                end = Math.Max(end, page.Index + 1);
            }
        }

        return (first, end);
    }

    private bool NeedsSlot(in EvictedPage page) =>
        page is { State: EvictedPageState.Droppable, Target.TracksWrites: false }
        && !Frames.Has(page.Frame, FrameFlags.SwapCached)
        && (page.IsWrittenThroughPte || Frames.Has(page.Frame, FrameFlags.Dirty));
}
