namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// get_user_pages: faults pages in and pins their frames, so that they stay what this address space shows at these addresses
    /// until they are unpinned. Meant for those who cannot take invalidations; a subscriber needs no pins.
    /// </summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="access">Read or Write.</param>
    /// <param name="frames">Receives one frame for each page; at least as long as the range has pages.</param>
    /// <returns>Success with all pages pinned; otherwise why the first page that failed did, and none is pinned.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned, or <paramref name="frames"/> is too short.</exception>
    public FaultResult Pin(AddressRange range, AccessRights access, Span<FrameNumber> frames)
    {
        if (!range.IsPageAligned || (ulong)frames.Length < range.Pages)
        {
            throw new ArgumentException(
                $"The range {range} must be page aligned, and {frames.Length} frame numbers must be enough for its {range.Pages} pages.",
                nameof(range));
        }

        int done = 0;
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes, done++)
        {
            while (!TryPin(page, access, out frames[done]))
            {
                FaultResult result = PrepareToPin(page, access);
                if (result != FaultResult.Success)
                {
                    Unpin(frames[..done]);
                    return result;
                }
            }
        }

        return FaultResult.Success;
    }

    /// <summary>Ends pins. Each frame of <see cref="Pin"/> is unpinned once, through any address space of the same memory.</summary>
    public void Unpin(ReadOnlySpan<FrameNumber> frames)
    {
        foreach (FrameNumber frame in frames)
        {
            Frames.Unpin(frame);
            Memory.Put(frame);
        }

        Memory.Reclaim?.Standstill.NoteChange();
    }

    private bool TryPin(VirtualAddress page, AccessRights access, out FrameNumber frame)
    {
        frame = default;
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return false;
        }

        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        Pte pte = leaf.Translate(index);
        bool pinned = pte.Allows(access) && leaf.BelongsTo(_table, page) && IsPinnable(page, pte);
        if (pinned)
        {
            frame = pte.Frame;
            leaf.MarkUsed(index, access);
            Frames.Pin(frame);
        }

        leaf.Unlock();
        return pinned;
    }

    /// <summary>
    /// A private page is pinned only while it is exclusive: the holder of a pin on a shared one would see what the other side
    /// writes later, and not see what this side writes.
    /// </summary>
    private bool IsPinnable(VirtualAddress page, Pte pte)
    {
        if (pte.IsSpecial)
        {
            return false;
        }

        return pte.IsExclusive || FindArea(page) is { IsShared: true };
    }

    /// <summary>Faults a page in; a private one that is shared gets its copy, though nothing is to be written.</summary>
    private FaultResult PrepareToPin(VirtualAddress page, AccessRights access)
    {
        AccessResult result = default;
        while (!TryTranslate(page, access, out _))
        {
            result = HandleFault(page, access, FaultOrigin.Device);
            if (!result.Succeeded)
            {
                return result.Result;
            }
        }

        while (true)
        {
            long sequence = ReadMapSequence();
            if (FindArea(page) is not { } area)
            {
                if (MapChangedSince(sequence))
                {
                    continue;
                }

                return FaultResult.NotMapped;
            }

            if (area.Has(AreaFlags.FrameMap))
            {
                return FaultResult.AccessDenied;
            }

            if (area.IsShared || (IsReadyFor(area, AccessRights.Write) && TryUnshare(new Fault(area, page, access, sequence), out result)))
            {
                return result.Result;
            }
        }
    }

    private bool TryUnshare(in Fault fault, out AccessResult result)
    {
        LeafTable leaf = _table.Ensure(fault.Page);
        Pte pte = leaf.Read(LeafTable.IndexOf(fault.Page));
        result = AccessResult.Of(FaultKind.CopyOnWrite);
        if (!pte.IsPresent || pte.IsExclusive)
        {
            return true;
        }

        return IsOwnedAlone(pte)
            ? TryUpgrade(in fault, leaf, pte, pte.Exclusive())
            : TryCopyOnWrite(in fault, leaf, pte, out result);
    }
}
