namespace MmuNotifiers.Primary;

/// <summary>The move itself, once everything that could be refused was not.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Moves a part of an area to where nothing is mapped. While the pages are on their way neither place is in the tree, so
    /// that no fault fills the one or the other; a fault that finds nothing waits for the map lock.
    /// </summary>
    private AddressResult MovePart(in MoveRequest request, Area source, ref AddressRange grown)
    {
        if (_areas.Count >= _options.MaxAreas - 3)
        {
            return Errno.ENOMEM;
        }

        AddressRange from = AddressRange.FromLength(request.OldStart, request.OldBytes);
        AddressRange to = AddressRange.FromLength(request.NewStart, request.NewBytes);
        NoteMove(source);
        BeginMapChange();
        Area target = MovedTo(source, from.Start, to);
        if (request.KeepsSource)
        {
            RemoveArea(source);
        }
        else if (!from.IsEmpty)
        {
            RemovePart(source, from);
        }

        EndMapChange();
        if (!from.IsEmpty)
        {
            MovePages(from, to.Start, source);
        }

        DetachLeavers();
        NoteMoved(to, request.KeepsSource ? from : default);
        BeginMapChange();
        if (request.KeepsSource)
        {
            InsertArea(Emptied(source, from));
        }

        InsertMerged(target);
        if (request.KeepsSource && _areas.Find(from.Start) is { } left && left.Has(AreaFlags.Locked))
        {
            // What stays behind is not locked; nor is what moved, if the two are one area.
            ReplaceArea(left, left.With(left.Range, left.Rights, left.Flags & ~AreaFlags.Locked));
        }

        EndMapChange();

        // Not before: what moved may lie in the reach of the same leaf.
        FreeUnusedLeaves(from);
        if (target.Has(AreaFlags.Locked) && to.LengthBytes > from.LengthBytes)
        {
            grown = new AddressRange(to.Start + from.LengthBytes, to.End);
        }

        return to.Start;
    }

    /// <summary>
    /// What an area becomes at its new place. Anonymous memory without pages is numbered anew, as if it were mapped there;
    /// pages keep their offsets, by which the reverse mapping finds them. With the sequence odd.
    /// </summary>
    private static Area MovedTo(Area source, VirtualAddress from, AddressRange to)
    {
        bool hasPages = source.HasPrivatePages;
        return new Area
        {
            Range = to,
            Rights = source.Rights,
            Flags = source.Flags,
            Handle = source.Handle,
            PageOffset = source.IsAnonymous && !hasPages ? to.Start.PageNumber : source.PageOffsetOf(from),
            Family = source.Family,
            Lineage = source.Lineage,
        };
    }

    /// <summary>What stays behind with MREMAP_DONTUNMAP: without pages, if all of it moved.</summary>
    private static Area Emptied(Area source, AddressRange moved)
    {
        bool isEmpty = source.IsPrivate && moved == source.Range;
        return new Area
        {
            Range = source.Range,
            Rights = source.Rights,
            Flags = source.Flags,
            Handle = source.Handle,
            PageOffset = source.PageOffset,
            Family = isEmpty ? null : source.Family,
            Lineage = isEmpty ? null : source.Lineage,
        };
    }
}
