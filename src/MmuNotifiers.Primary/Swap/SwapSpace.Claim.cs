using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that are mapped again.</summary>
internal sealed unsafe partial class SwapSpace
{
    /// <summary>
    /// A swap pte becomes a mapping of the frame that <see cref="Read"/> gave: its hold on the slot ends. The leaf is locked and has the pte still.
    /// </summary>
    /// <param name="fault">The fault; a store to a page that is its own takes the page out of the swap cache, since the slot's copy is of no use any more.</param>
    /// <param name="pte">The swap pte.</param>
    /// <param name="frame">The frame, with a reference that the caller turns into the mapping unless the claim is gone or foreign.</param>
    /// <remarks>
    /// An exclusive page stays exclusive, one that was shared becomes so if nobody else has it any more. Neither holds while the frame is being
    /// written to the store: then nobody may write to it.
    /// </remarks>
    internal SwapClaim Claim(in Fault fault, Pte pte, FrameNumber frame)
    {
        SwapEntry entry = pte.SwapEntry;
        SwapCluster cluster = Lock(entry);
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        SwapClaim claim = slot.Caches(frame) ? Adopt(in fault, frame) : SwapClaim.Gone;
        if (claim != SwapClaim.Shared)
        {
            cluster.Unlock();
            return claim;
        }

        slot.DropReference();
        bool isAlone = pte.IsSwapExclusive || (slot.IsHeldByCacheOnly && Frames.IsUnmapped(frame, references: 2));
        if (slot.IsBusy || !isAlone || !Frames.IsPlainPrivate(frame))
        {
            NoteIfIdle(entry, in slot);
            cluster.Unlock();
            return SwapClaim.Shared;
        }

        if (fault.IsWrite || AreaOf(entry.Area).IsFilling)
        {
            Frames.MarkDirty(frame);
            UncacheLocked(ref slot);
            Leave(cluster, entry, ref slot, frame);
        }
        else
        {
            NoteIfIdle(entry, in slot);
            cluster.Unlock();
        }

        return SwapClaim.Exclusive;
    }

    /// <summary>
    /// Makes a frame that came from the store the page of whoever maps it first: only then is known whose it is. One that never left memory, or
    /// is mapped elsewhere, has an owner, who is another only where pages were merged.
    /// </summary>
    private SwapClaim Adopt(in Fault fault, FrameNumber frame)
    {
        AnonymousFamily family = fault.Area.Family!;
        ulong index = fault.Area.PageOffsetOf(fault.Page);
        switch (Frames.Owner(frame))
        {
            case null:
                Frames.Adopt(frame, family, index);
                return SwapClaim.Shared;
            case MergedPage merged:
                return merged.Has(family, index) ? SwapClaim.Shared : SwapClaim.Foreign;
            default:
                return Frames.IsOwnedBy(frame, family, index) ? SwapClaim.Shared : SwapClaim.Foreign;
        }
    }
}
