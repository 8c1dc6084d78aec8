namespace MmuNotifiers.Primary;

/// <summary>
/// From a frame to the ptes that map it. The frame's owner (a family of private pages, a merged page, or an object) knows few candidates; each is
/// checked by its pte, so that the answer is exact while nobody changes the ptes in question.
/// </summary>
internal static class ReverseMapping
{
    /// <summary>Every pte that maps a frame. The caller holds a reference on the frame.</summary>
    /// <remarks>
    /// Takes the locks of owner and, for an object, nothing else: the areas it sees may be changing. Who needs the answer to last
    /// checks it again under the leaf's lock, as reclaim does before it clears a pte.
    /// </remarks>
    internal static List<Mapping> Find(PhysicalMemory memory, FrameNumber frame) =>
        [.. Candidates(memory, frame).Where(mapping => mapping.Space.Maps(mapping.Address, frame))];

    /// <summary>Where a frame may be mapped: an upper bound, found without a look at any page table.</summary>
    internal static IEnumerable<Mapping> Candidates(PhysicalMemory memory, FrameNumber frame) => memory.Frames.Owner(frame) switch
    {
        AnonymousFamily family => family.Candidates(memory.Frames.Index(frame)),
        MergedPage merged => merged.Candidates(),
        MemoryObject target => Candidates(target, memory.Frames.Index(frame)),
        _ => [],
    };

    private static IEnumerable<Mapping> Candidates(MemoryObject target, ulong page)
    {
        foreach (AddressSpace space in target.Spaces())
        {
            foreach (Area area in target.AreasIn(space, page, page + 1))
            {
                if (!area.Has(AreaFlags.Nonlinear))
                {
                    yield return new Mapping(space, area.Range.Start + ((page - area.PageOffset) << Page.Shift));
                    continue;
                }

                for (VirtualAddress address = area.Range.Start; address < area.Range.End; address += Page.SizeBytes)
                {
                    yield return new Mapping(space, address);
                }
            }
        }
    }
}
