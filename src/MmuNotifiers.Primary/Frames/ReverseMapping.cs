namespace MmuNotifiers.Primary;

/// <summary>
/// From a frame to the ptes that map it. The frame's owner (a family of private pages, or an object) knows few candidates; each is
/// checked by its pte, so that the answer is exact while nobody changes the ptes in question.
/// </summary>
internal static class ReverseMapping
{
    /// <summary>Every pte that maps a frame. The caller holds a reference on the frame.</summary>
    /// <remarks>
    /// Takes the locks of owner and, for an object, nothing else: the areas it sees may be changing. Who needs the answer to last
    /// checks it again under the leaf's lock, as reclaim does before it clears a pte.
    /// </remarks>
    internal static List<Mapping> Find(PhysicalMemory memory, FrameNumber frame)
    {
        List<Mapping> found = [];
        switch (memory.Frames.Owner(frame))
        {
            case AnonymousFamily family:
                foreach ((AddressSpace space, VirtualAddress address) in family.Candidates(memory.Frames.Index(frame)))
                {
                    AddIfMapped(found, space, address, frame);
                }

                break;
            case MemoryObject target:
                AddObjectMappings(found, target, memory.Frames.Index(frame), frame);
                break;
        }

        return found;
    }

    private static void AddObjectMappings(List<Mapping> found, MemoryObject target, ulong page, FrameNumber frame)
    {
        foreach (AddressSpace space in target.Spaces())
        {
            foreach (Area area in target.AreasIn(space, page, page + 1))
            {
                if (!area.Has(AreaFlags.Nonlinear))
                {
                    AddIfMapped(found, space, area.Range.Start + ((page - area.PageOffset) << Page.Shift), frame);
                    continue;
                }

                for (VirtualAddress address = area.Range.Start; address < area.Range.End; address += Page.SizeBytes)
                {
                    AddIfMapped(found, space, address, frame);
                }
            }
        }
    }

    private static void AddIfMapped(List<Mapping> found, AddressSpace space, VirtualAddress address, FrameNumber frame)
    {
        if (space.Maps(address, frame))
        {
            found.Add(new Mapping(space, address));
        }
    }
}
