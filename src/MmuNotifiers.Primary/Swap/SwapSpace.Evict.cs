using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that go out.</summary>
/// <remarks>
/// From the moment when a page is to go until its write is over, its slot is writing: a fault that meets its entry meanwhile maps the page
/// without the right to write, and a store makes a copy, so that the store reads bytes that nobody changes.
/// <code>
///   eviction                                       fault
///   slot: the frame, writing
///   bracket; every pte = the entry; bracket ends
///                                                  entry: the frame, a reference; map it, not writable
///   write
///   lock slot: not writing;
///     frame used by nobody else? free it           (no: it is mapped again, so it stays, clean)
/// </code>
/// </remarks>
internal sealed unsafe partial class SwapSpace
{
    /// <summary>Puts a page that is to be evicted into the swap cache, writing, and lets the cache take over the caller's hold on the slot.</summary>
    /// <param name="entry">A slot that the caller just allocated.</param>
    /// <param name="frame">The frame; the caller holds a reference, and the cache takes one of its own.</param>
    internal void BeginEviction(SwapEntry entry, FrameNumber frame)
    {
        Frames.Get(frame);
        Frames.MarkDirty(frame);
        SwapCluster cluster = Lock(entry);
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        CacheLocked(ref slot, entry, frame);
        slot.DropReference();
        slot.BeginWriting();
        cluster.Unlock();
    }

    /// <summary>As the other, for a page that is in the swap cache still.</summary>
    /// <param name="frame">The frame; the caller holds a reference.</param>
    /// <param name="entry">Its entry.</param>
    /// <returns>False if it is not in the cache any more, or a transfer is under way.</returns>
    internal bool TryBeginEviction(FrameNumber frame, out SwapEntry entry)
    {
        entry = EntryOf(frame);
        if (FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool begun = slot.Caches(frame) && !slot.IsBusy;
        if (begun)
        {
            slot.BeginWriting();
        }

        cluster.Unlock();
        return begun;
    }

    /// <summary>Whether an entry's area can be written to.</summary>
    internal static bool IsWritable(SwapEntry entry) => entry.Area == WritableArea;

    /// <summary>
    /// The end of an eviction. A page that is safe and that nobody else uses leaves the cache. One whose bytes are in memory only and whose slot
    /// nobody names gives the slot back. Otherwise the page stays in the cache, where its users find it.
    /// </summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="frame">The frame; the caller holds a reference, which is the last if the page has left.</param>
    /// <returns>Whether the page has left memory.</returns>
    internal bool EndEviction(SwapEntry entry, FrameNumber frame)
    {
        SwapCluster cluster = Lock(entry);
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isAwaited = slot.EndTransfer();
        bool isDirty = Frames.Has(frame, FrameFlags.Dirty);
        bool isUnused = Frames.IsUnmapped(frame, references: 2);
        bool isGone = isUnused && (!isDirty || slot.IsHeldByCacheOnly);
        if (isGone || (isDirty && slot.IsHeldByCacheOnly))
        {
            UncacheLocked(ref slot);
            Leave(cluster, entry, ref slot, frame);
        }
        else
        {
            NoteIfIdle(entry, in slot);
            cluster.Unlock();
        }

        if (isAwaited)
        {
            WakeWaiters();
        }

        return isGone;
    }

    /// <summary>Takes a reference on a frame that is in the swap cache and mapped nowhere. The number is a hint.</summary>
    internal bool TryReferenceUnmapped(FrameNumber frame)
    {
        SwapEntry entry = EntryOf(frame);
        if (FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isThere = slot.Caches(frame) && !slot.IsBusy && Frames.IsUnmapped(frame, references: 1);
        if (isThere)
        {
            Frames.Get(frame);
        }

        cluster.Unlock();
        return isThere;
    }

    /// <summary>Waits until a frame is not written to the store any more, if it is at the moment. No lock is held but perhaps a map lock.</summary>
    /// <param name="frame">The frame; the caller holds a reference.</param>
    /// <returns>Whether there was something to wait for.</returns>
    internal bool WaitForWrite(FrameNumber frame)
    {
        SwapEntry entry = EntryOf(frame);
        if (!Frames.Has(frame, FrameFlags.SwapCached) || FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isWriting = slot.Caches(frame) && slot.IsWriting;
        if (isWriting)
        {
            slot.Await();
        }

        cluster.Unlock();
        if (isWriting)
        {
            WaitForTransfer(cluster, entry.Slot);
        }

        return isWriting;
    }
}
