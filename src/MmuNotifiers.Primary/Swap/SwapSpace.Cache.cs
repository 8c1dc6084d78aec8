using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The swap cache: frames of evicted pages that are in memory all the same.</summary>
internal sealed unsafe partial class SwapSpace
{
    /// <summary>Under which entry a frame is in the swap cache, valid while it is flagged so. Written under the slot's lock.</summary>
    private ulong* _entries;

    /// <summary>The entry of a frame in the swap cache; a guess unless the caller keeps the frame there.</summary>
    internal SwapEntry EntryOf(FrameNumber frame) => SwapEntry.Of(Shared.Read(in _entries[frame.Value], step: "swap entry of frame"));

    /// <summary>Whether the swap cache has the page of a slot: for mincore. The entry may be out of date. Never blocks.</summary>
    internal bool IsCached(SwapEntry entry)
    {
        if (FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isCached = slot.IsCached && !slot.IsReading;
        cluster.Unlock();
        return isCached;
    }

    /// <summary>
    /// Takes a frame out of the swap cache if nobody else uses its slot and no transfer is under way; the bytes are in memory only, then. The
    /// caller holds a reference on the frame, or the lock of a leaf that maps it.
    /// </summary>
    /// <returns>Whether it is out.</returns>
    internal bool TryUncache(FrameNumber frame)
    {
        SwapEntry entry = EntryOf(frame);
        if (FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isOut = slot.Caches(frame) && slot.IsHeldByCacheOnly && !slot.IsBusy;
        if (!isOut)
        {
            cluster.Unlock();
            return false;
        }

        Frames.MarkDirty(frame);
        UncacheLocked(ref slot);
        Leave(cluster, entry, ref slot, frame);
        return true;
    }

    /// <summary>
    /// Somebody let go of a frame that was in the swap cache: if nobody but the cache has it or its slot, it is freed. The number is a hint.
    /// </summary>
    internal void ForgetIfUnused(FrameNumber frame)
    {
        SwapEntry entry = EntryOf(frame);
        if (FindCluster(entry) is not { } cluster)
        {
            return;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isUnused = slot.Caches(frame) && slot.IsHeldByCacheOnly && !slot.IsBusy && Frames.IsUnmapped(frame, 1);
        if (!isUnused)
        {
            cluster.Unlock();
            return;
        }

        UncacheLocked(ref slot);
        Leave(cluster, entry, ref slot, frame);
    }

    /// <summary>
    /// Exchanges the frame of a cached page for one with the same bytes, for a migration which has unmapped it; nobody but the cache and the caller has
    /// the old one.
    /// </summary>
    /// <param name="old">The frame, of which the caller holds so many references; the cache's is dropped.</param>
    /// <param name="fresh">What takes its place; the cache takes a reference of its own.</param>
    /// <param name="references">How many.</param>
    /// <returns>False if somebody else has the old frame, or a transfer is under way.</returns>
    internal bool TryReplace(FrameNumber old, FrameNumber fresh, int references)
    {
        SwapEntry entry = EntryOf(old);
        if (FindCluster(entry) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool replaced = slot.Caches(old) && !slot.IsBusy && Frames.IsUnmapped(old, references + 1);
        if (replaced)
        {
            _memory.Copy(old, fresh);
            Frames.SetOwner(fresh, Frames.Owner(old)!, Frames.Index(old), Frames.Flags(old) & ~FrameFlags.Isolated);
            Frames.Get(fresh);
            SetEntry(fresh, entry);
            slot.ReplaceFrame(fresh);
            Frames.TestAndClear(old, FrameFlags.SwapCached);
        }

        cluster.Unlock();
        if (replaced)
        {
            _memory.Put(old);
        }

        return replaced;
    }

    /// <summary>Gives up slots of pages that are in memory and use theirs only to be evicted without a write.</summary>
    /// <returns>How many became free.</returns>
    private int UncacheClean(SwapArea area)
    {
        if (!area.TakeIdleSlots())
        {
            return 0;
        }

        int freed = 0;
        ReadOnlySpan<SwapCluster?> clusters = area.Clusters;
        for (int index = 0; index < clusters.Length && clusters[index] is { } cluster; index++)
        {
            for (int place = 0; place < SwapCluster.Slots; place++)
            {
                cluster.Lock();
                ref SwapSlot slot = ref cluster.At(place);
                if (!slot.IsHeldByCacheOnly || slot.IsBusy)
                {
                    cluster.Unlock();
                    continue;
                }

                FrameNumber frame = slot.Frame;
                Frames.MarkDirty(frame);
                UncacheLocked(ref slot);
                Leave(cluster, new SwapEntry(area.Number, ((long)index * SwapCluster.Slots) + place), ref slot, frame);
                freed++;
            }
        }

        return freed;
    }

    /// <summary>Tells the area of a slot that could be given up: after each change that may have made it so. The slot's lock is held.</summary>
    private void NoteIfIdle(SwapEntry entry, in SwapSlot slot)
    {
        if (slot.IsHeldByCacheOnly && !slot.IsBusy && entry.Area == WritableArea)
        {
            AreaOf(WritableArea).NoteIdleSlot();
        }
    }

    /// <summary>Puts a frame into the cache, which takes over one reference of the caller. The slot's lock is held.</summary>
    private void CacheLocked(ref SwapSlot slot, SwapEntry entry, FrameNumber frame)
    {
        slot.Cache(frame);
        SetEntry(frame, entry);
        Frames.Mark(frame, FrameFlags.SwapCached);
    }

    /// <summary>Takes the frame out of the cache; the cache's reference is the caller's, who drops it without the slot's lock.</summary>
    private void UncacheLocked(ref SwapSlot slot)
    {
        Frames.TestAndClear(slot.Frame, FrameFlags.SwapCached);
        slot.Uncache();
    }

    private void SetEntry(FrameNumber frame, SwapEntry entry) =>
        Shared.Write(ref _entries[frame.Value], entry.Value, step: "swap entry of frame");

    private void EnsureEntries()
    {
        if (_entries is null)
        {
            // SAFETY: zeroed, freed once in Dispose; indexed only by frame numbers of the pool.
            _entries = (ulong*)NativeMemory.AllocZeroed((nuint)_memory.FrameCount, sizeof(ulong));
        }
    }

    private void FreeEntries()
    {
        NativeMemory.Free(_entries);
        _entries = null;
    }
}
