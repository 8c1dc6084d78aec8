using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that come in.</summary>
/// <remarks>
/// Whoever comes first puts an empty frame into the swap cache and reads; everyone else who wants the page waits for that:
/// <code>
///   one fault                                    another, of the same slot
///   lock slot: no frame; unlock
///   allocate a frame (may reclaim)
///   lock slot: still none? enter it, reading
///   read, with neighbours                        lock slot: reading; wait
///   lock slot: not reading any more; wake        lock slot: a frame, take a reference
/// </code>
/// A read that fails takes the frame out of the cache again: each who waited tries for himself, and is told for himself.
/// </remarks>
internal sealed unsafe partial class SwapSpace
{
    /// <summary>The most pages that one swap-in reads.</summary>
    private const int MaxReadAheadPages = 64;

    private readonly SharedMonitor _transferEnded = new();

    /// <summary>How many pages a swap-in may read.</summary>
    private int MostReadAheadPages => Math.Clamp(_memory.Reclaim?.Options.ReadAheadPages ?? 1, 1, MaxReadAheadPages);

    /// <summary>What was done, and what failed.</summary>
    internal SwapCounters Counters { get; } = new();

    /// <summary>As somebody outside may see it.</summary>
    internal SwapStatistics Statistics => Counters.Sample(FindArea(WritableArea)?.SlotsInUse ?? 0);

    /// <summary>
    /// Gives the frame of an evicted page: the one in the swap cache, or one that is filled from the store. May block; no lock is held but
    /// perhaps a map lock.
    /// </summary>
    /// <param name="entry">The entry; whoever holds it may let go of it meanwhile, and so may all who keep its area.</param>
    /// <param name="window">How many neighbours are read along; null for as many as the options allow, where all are wanted soon.</param>
    /// <param name="frame">The frame, with a reference for the caller. Whether the entry still has it must be looked at again under the leaf's lock.</param>
    /// <returns>
    /// Success; BusError if the store cannot give the page, which may change; OutOfMemory; WouldBlock if nobody holds the entry any more.
    /// </returns>
    internal FaultResult Read(SwapEntry entry, ReadAheadWindow? window, out FrameNumber frame)
    {
        frame = default;
        if (FindArea(entry.Area) is not { } area || area.FindCluster(entry.Slot) is not { } cluster)
        {
            return FaultResult.WouldBlock;
        }

        while (true)
        {
            FaultResult found = LookUp(cluster, entry.Slot, window, out frame);
            if (found != FaultResult.NotMapped)
            {
                return found;
            }

            if (!_memory.TryAllocate(out FrameNumber fresh))
            {
                return FaultResult.OutOfMemory;
            }

            cluster.Lock();
            ref SwapSlot slot = ref cluster.At(entry.Slot);
            bool isFirst = slot.References > 0 && !slot.IsCached;
            bool isZero = isFirst && slot.IsZero;
            if (isFirst)
            {
                // One for the cache, one for the caller.
                Frames.Get(fresh);
                CacheLocked(ref slot, entry, fresh);
                slot.BeginReading();
            }

            cluster.Unlock();
            if (isFirst)
            {
                frame = fresh;
                return isZero ? FillWithZeroes(entry, fresh) : ReadWithNeighbours(area, entry, window, fresh);
            }

            _memory.Put(fresh);
        }
    }

    /// <returns>Success with a frame; WouldBlock if the entry is nobody's; NotMapped if there is no frame. Waits for a read that is under way.</returns>
    private FaultResult LookUp(SwapCluster cluster, long number, ReadAheadWindow? window, out FrameNumber frame)
    {
        while (true)
        {
            cluster.Lock();
            ref SwapSlot slot = ref cluster.At(number);
            FaultResult result = slot.References == 0 ? FaultResult.WouldBlock : FaultResult.NotMapped;
            bool isReading = slot.IsReading;
            frame = default;
            if (isReading)
            {
                slot.Await();
            }
            else if (slot.IsCached)
            {
                frame = slot.Frame;
                Frames.Get(frame);
                result = FaultResult.Success;
            }

            cluster.Unlock();
            if (!isReading)
            {
                if (result == FaultResult.Success)
                {
                    Counters.CountCacheHit();
                    NoteUse(frame, window);
                }

                return result;
            }

            WaitForTransfer(cluster, number);
        }
    }

    /// <summary>A page was wanted that is in memory: reading it along has paid.</summary>
    private void NoteUse(FrameNumber frame, ReadAheadWindow? window)
    {
        if (MostReadAheadPages > 1 && Frames.TestAndClear(frame, FrameFlags.ReadAhead))
        {
            window?.CountUse();
        }
    }

    /// <summary>Waits until a transfer that the caller awaits is over, or another one has begun.</summary>
    private void WaitForTransfer(SwapCluster cluster, long slot)
    {
        _transferEnded.Enter();
        while (IsAwaited(cluster, slot))
        {
            _transferEnded.Wait();
        }

        _transferEnded.Exit();
    }

    /// <summary>Whether somebody waits for a transfer of a slot that has a user.</summary>
    internal bool IsAwaited(SwapEntry entry) => IsAwaited(AreaOf(entry.Area).ClusterOf(entry.Slot), entry.Slot);

    private static bool IsAwaited(SwapCluster cluster, long slot)
    {
        cluster.Lock();
        bool isAwaited = cluster.At(slot).IsAwaited;
        cluster.Unlock();
        return isAwaited;
    }

    /// <summary>Somebody waited for a transfer that is over. No spin lock is held.</summary>
    private void WakeWaiters()
    {
        _transferEnded.Enter();
        _transferEnded.WakeAll();
        _transferEnded.Exit();
    }

    private FaultResult FillWithZeroes(SwapEntry entry, FrameNumber frame)
    {
        _memory.Zero(frame);
        EndRead(entry, frame, succeeded: true);
        Counters.CountRead(readAheads: 0);
        _memory.Reclaim?.BroughtIn(frame, entry.Value, isReadAhead: false);
        return FaultResult.Success;
    }

    private FaultResult ReadWithNeighbours(SwapArea area, SwapEntry entry, ReadAheadWindow? window, FrameNumber frame)
    {
        SwapTransfers transfers = SwapTransfers.Rent();
        Span<FrameNumber> frames = stackalloc FrameNumber[MaxReadAheadPages];
        AddTransfers(area, entry, window, frame, transfers, frames);
        transfers.BeginRead(area.Store);
        transfers.Wait();
        FaultResult result = FaultResult.BusError;
        int readAheads = 0;
        for (int i = 0; i < transfers.Count; i++)
        {
            ref readonly SwapTransfer transfer = ref transfers[i];
            bool succeeded = transfer.Outcome == SwapOutcome.Success;
            bool isWanted = transfer.Slot == entry.Slot;
            if (succeeded)
            {
                _memory.Reclaim?.BroughtIn(frames[i], new SwapEntry(area.Number, transfer.Slot).Value, isReadAhead: !isWanted);
                if (isWanted)
                {
                    result = FaultResult.Success;
                }
                else
                {
                    Frames.Mark(frames[i], FrameFlags.ReadAhead);
                    readAheads++;
                }
            }
            else if (isWanted)
            {
                // What was read along and failed is told when somebody wants it.
                Counters.CountFailure(SwapOperation.Read, area.Store, in transfer);
            }

            EndRead(new SwapEntry(area.Number, transfer.Slot), frames[i], succeeded);
        }

        transfers.Return();
        if (result == FaultResult.Success)
        {
            Counters.CountRead(readAheads);
        }
        else
        {
            _memory.Put(frame);
        }

        return result;
    }

    /// <summary>
    /// The page that is wanted and those of its aligned window that are evicted and not in memory, in the order of their slots. A frame that is not
    /// to be had without reclaim ends that: nothing is evicted for what may not be needed.
    /// </summary>
    private void AddTransfers(
        SwapArea area, SwapEntry entry, ReadAheadWindow? window, FrameNumber frame, SwapTransfers transfers, Span<FrameNumber> frames)
    {
        int most = MostReadAheadPages;
        long pages = most > 1 && window is not null ? window.Next(entry.Slot, most) : most;
        long first = entry.Slot - (entry.Slot % pages);
        long end = Math.Min(first + pages, area.SlotCount);
        for (long slot = first; slot < end; slot++)
        {
            FrameNumber target = frame;
            if (slot == entry.Slot || TryEnterNeighbour(area, slot, out target))
            {
                frames[transfers.Count] = target;
                transfers.Add(slot, _memory.BytesForTransfer(target));
            }
        }
    }

    private bool TryEnterNeighbour(SwapArea area, long number, out FrameNumber frame)
    {
        frame = default;
        if (area.FindCluster(number) is not { } cluster)
        {
            return false;
        }

        cluster.Lock();
        bool isWorthIt = IsOnlyInStore(in cluster.At(number));
        cluster.Unlock();
        if (!isWorthIt || !_memory.TryAllocateSpare(out FrameNumber fresh))
        {
            return false;
        }

        cluster.Lock();
        ref SwapSlot slot = ref cluster.At(number);
        bool entered = IsOnlyInStore(in slot);
        if (entered)
        {
            CacheLocked(ref slot, new SwapEntry(area.Number, number), fresh);
            slot.BeginReading();
            frame = fresh;
        }

        cluster.Unlock();
        if (!entered)
        {
            _memory.Put(fresh);
        }

        return entered;
    }

    private static bool IsOnlyInStore(in SwapSlot slot) => slot.References > 0 && !slot.IsCached && !slot.IsZero;

    /// <summary>A read is over: the frame can be used, or leaves the cache. One that nobody wants any more goes.</summary>
    private void EndRead(SwapEntry entry, FrameNumber frame, bool succeeded)
    {
        SwapCluster cluster = Lock(entry);
        ref SwapSlot slot = ref cluster.At(entry.Slot);
        bool isAwaited = slot.EndTransfer();
        bool isUnwanted = slot.IsHeldByCacheOnly && Frames.IsUnmapped(frame, 1);
        if (!succeeded || isUnwanted)
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
    }
}
