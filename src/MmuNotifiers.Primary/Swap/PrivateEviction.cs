using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>Private pages in an eviction, merged ones too; see <see cref="EvictionBatch"/> for the order.</summary>
/// <remarks>
/// <code>
///   isolate    found through its owner and a pte, under the leaf's lock
///   slots      in the swap cache, writing: whoever maps it from here on may not write to it
///   revoke     each pte becomes the swap entry
/// </code>
/// A page that was freed lazily and not written since needs no slot: it is dropped, and its pte becomes empty.
/// </remarks>
internal sealed class PrivateEviction(PhysicalMemory memory) : EvictionKind
{
    /// <summary>Used while a page is isolated.</summary>
    private readonly List<Mapping> _candidates = [];

    private FrameTable Frames => memory.Frames;

    /// <inheritdoc/>
    internal override bool TryIsolate(FrameNumber frame, int number, List<MappedPage> mappings, out EvictedPage page)
    {
        page = default;
        int first = mappings.Count;
        if (frame == PhysicalMemory.ZeroFrame || Frames.Has(frame, FrameFlags.Isolated) || !TryReference(frame, number, mappings))
        {
            return false;
        }

        bool isMarked = Frames.TestAndSet(frame, FrameFlags.Isolated);
        if (isMarked && TryDescribe(frame, CollectionsMarshal.AsSpan(mappings)[first..], out page))
        {
            return true;
        }

        mappings.RemoveRange(first, mappings.Count - first);
        if (isMarked)
        {
            Frames.TestAndClear(frame, FrameFlags.Isolated);
        }

        memory.Put(frame);
        return false;
    }

    /// <inheritdoc/>
    internal override void TakeSlot(ref EvictedPage page)
    {
        page.State = EvictedPageState.Writing;
        memory.Swap.BeginEviction(page.Entry, page.Frame);
    }

    /// <summary>A reference on the frame, through a pte that maps it or the swap cache; its mappings are listed.</summary>
    private bool TryReference(FrameNumber frame, int number, List<MappedPage> mappings)
    {
        FindCandidates(frame);
        bool isReferenced = false;
        foreach (Mapping mapping in _candidates)
        {
            isReferenced = isReferenced || mapping.Space.TryReferenceForEviction(mapping.Address, frame);
        }

        if (!isReferenced)
        {
            return Frames.Has(frame, FrameFlags.SwapCached) && memory.Swap.TryReferenceUnmapped(frame);
        }

        // What was found by number alone may have been another page's; with the reference the owner is certain.
        FindCandidates(frame);
        foreach (Mapping mapping in _candidates)
        {
            if (mapping.Space.MapsForEviction(mapping.Address, frame))
            {
                mappings.Add(new MappedPage { Space = mapping.Space, Address = mapping.Address, Page = number });
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

    private bool TryDescribe(FrameNumber frame, ReadOnlySpan<MappedPage> mappings, out EvictedPage page)
    {
        bool mayGo = MayGo(mappings, out bool isLocked) && !IsUsed(frame);
        EvictedPageState state = mayGo ? Classify(frame, mappings.Length) : EvictedPageState.Staying;
        SwapEntry entry = default;
        if (state == EvictedPageState.Writing && !memory.Swap.TryBeginEviction(frame, out entry))
        {
            state = EvictedPageState.Staying;
        }

        page = new EvictedPage { Kind = this, Frame = frame, State = state, IsHeld = isLocked, Entry = entry, Write = EvictedPage.NotWritten };
        return state != EvictedPageState.Staying;
    }

    /// <summary>Whether all areas that map a page let it go. A first look, as <see cref="IsUsed"/>, to be spared brackets for nothing.</summary>
    private static bool MayGo(ReadOnlySpan<MappedPage> mappings, out bool isLocked)
    {
        isLocked = false;
        foreach (ref readonly MappedPage mapping in mappings)
        {
            if (!mapping.Space.MayEvict(mapping.Address))
            {
                isLocked = mapping.Space.IsLockedAt(mapping.Address);
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether somebody beside ptes, the swap cache and this eviction has the frame.</summary>
    private bool IsUsed(FrameNumber frame)
    {
        int cache = Frames.Has(frame, FrameFlags.SwapCached) ? 1 : 0;
        return Frames.Pins(frame) > 0 || Frames.References(frame) > Frames.Mappings(frame) + cache + 1;
    }

    private EvictedPageState Classify(FrameNumber frame, int mappings)
    {
        FrameFlags flags = Frames.Flags(frame, FrameFlags.SwapCached | FrameFlags.Dirty | FrameFlags.Merged);
        if ((flags & FrameFlags.SwapCached) != 0)
        {
            // What was read from where nothing can be written gets a place of its own once it was changed.
            bool isStale = (flags & FrameFlags.Dirty) != 0 && !SwapSpace.IsWritable(memory.Swap.EntryOf(frame));
            if (!isStale || !memory.Swap.TryUncache(frame))
            {
                return EvictedPageState.Writing;
            }
        }

        return mappings switch
        {
            // It moved or went since the first look.
            0 => EvictedPageState.Staying,
            1 when (flags & (FrameFlags.Dirty | FrameFlags.Merged)) == 0 => EvictedPageState.Droppable,
            _ => EvictedPageState.NeedsSlot,
        };
    }
}
