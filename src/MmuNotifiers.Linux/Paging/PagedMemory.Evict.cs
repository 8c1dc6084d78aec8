using System.Runtime.ExceptionServices;
using MmuNotifiers.Replacement;

namespace MmuNotifiers.Linux;

/// <summary>How pages go so that others can come.</summary>
public sealed partial class PagedMemory
{
    /// <summary>How many threads evict. Guarded by the gate.</summary>
    private int _evictors;

    /// <summary>Evicts until a frame is free. Blocks; without the gate, and with no page on its way in this thread.</summary>
    /// <returns>False if there is none to be had.</returns>
    private bool TryMakeRoom()
    {
        ReclaimEffort effort = default;
        while (!effort.IsExhausted)
        {
            ReclaimStep step = EvictSome(effort);
            if (step.Freed > 0 || HasRoom())
            {
                return true;
            }

            if (step is { Chosen: 0, Recent: > 0 } && effort.MayWait)
            {
                _residency.Wait();
                effort = effort.AfterWait;
                continue;
            }

            effort = effort.After(step, _frames.Used);
        }

        return AwaitEvictors();
    }

    private bool HasRoom()
    {
        lock (_gate)
        {
            return _frames.Free > 0 || _isDisposed;
        }
    }

    /// <summary>Where all that could go is on its way already, in other threads: waits for one of them.</summary>
    private bool AwaitEvictors()
    {
        lock (_gate)
        {
            if (_evictors > 0 && _frames.Free == 0 && !_isDisposed)
            {
                WaitLocked();
            }

            return _frames.Free > 0 || _isDisposed;
        }
    }

    /// <summary>Evicts a batch.</summary>
    private ReclaimStep EvictSome(ReclaimEffort effort)
    {
        EvictionBatch batch = RentEvictionBatch();
        int chosen;
        int recent;
        lock (_gate)
        {
            chosen = ChooseLocked(batch, effort, out recent);
            if (batch.Count == 0)
            {
                _evictionBatches.Push(batch);
                return new ReclaimStep(0, chosen, recent);
            }

            _evictors++;
        }

        Exception? thrown = null;
        batch.Sort();
        for (int first = 0, end; first < batch.Count; first = end)
        {
            end = batch.EndOfRun(first);
            thrown = TakeAway(batch, first, end) ?? thrown;
        }

        WriteTaken(batch);
        int freed = Finish(batch);
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }

        return new ReclaimStep(freed, chosen, recent);
    }

    /// <summary>Chooses pages and makes them Evicting.</summary>
    /// <returns>How many were looked at.</returns>
    private int ChooseLocked(EvictionBatch batch, ReclaimEffort effort, out int recent)
    {
        int chosen = _victims.Choose(batch.Chosen, effort, out recent);
        foreach (FrameNumber frame in batch.Chosen[..chosen])
        {
            int page = _frames.PageOf(frame);
            ref PageEntry entry = ref _pages[page];
            if (entry.State != PageState.Resident || entry.Frame != (int)frame.Value || entry.Pins != 0)
            {
                _policy.Defer(frame);
                continue;
            }

            long slot = entry.HasSlot ? entry.Slot : -1;
            bool isClean = entry.IsClean;
            if (slot < 0 && !_slots.TryTake(out slot))
            {
                slot = -1;
            }

            entry.State = PageState.Evicting;
            entry.Clear(PageFlags.Wanted);
            batch.Add(new EvictedItem { Page = page, Frame = entry.Frame, Slot = slot, IsClean = isClean });
        }

        return chosen;
    }

    /// <summary>Tells the subscribers of a run of neighbours, and takes it away.</summary>
    /// <returns>What a subscriber threw: then the run stays.</returns>
    private Exception? TakeAway(EvictionBatch batch, int first, int end)
    {
        AddressRange range = _pages.RangeOf(batch.Items[first].Page, end - first);
        if (_options.Mutation == PagingMutation.EvictsWithoutBracket)
        {
            _backing.TakeAway(batch, first, end);
            return null;
        }

        try
        {
            // From the end of the bracket on nobody translates the pages until they are no longer Evicting: the bracket need not last that long.
            using (_subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.Clear, _area, this)))
            {
                _backing.TakeAway(batch, first, end);
                _subscriptions.FlushSecondaryTlbs(range);
            }

            return null;
        }
#pragma warning disable CA1031 // Whatever it is, pages that are on their way are brought to an end first; then it passes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    /// <summary>Writes what was taken and nobody has yet, and decides what becomes of each page.</summary>
    private void WriteTaken(EvictionBatch batch)
    {
        StoreTransfers transfers = batch.Transfers;
        for (int i = 0; i < batch.Count; i++)
        {
            ref EvictedItem item = ref batch.Items[i];
            if (item.Fate != EvictionFate.Taken)
            {
                continue;
            }

            item.IsZero = !item.IsClean && !_backing.TakenBytes(batch, i).Span.ContainsAnyExcept((byte)0);
            if (!item.IsClean && !item.IsZero && item.Slot >= 0)
            {
                transfers.Add(item.Slot, _backing.TakenBytes(batch, i));
            }
        }

        transfers.Write(_options.Swap);
        Decide(batch, transfers);
        _backing.Drop(batch);
    }

    private void Decide(EvictionBatch batch, StoreTransfers transfers)
    {
        int transfer = 0;
        lock (_gate)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ref EvictedItem item = ref batch.Items[i];
                if (item.Fate != EvictionFate.Taken)
                {
                    continue;
                }

                bool isStored = item.IsClean || item.IsZero;
                if (!isStored)
                {
                    isStored = IsWritten(in item, transfers, ref transfer);
                }

                bool isWanted = _pages[item.Page].Is(PageFlags.Wanted);
                _counters.WantedEvictions += isStored && isWanted ? 1 : 0;
                item.Fate = isStored && !isWanted ? EvictionFate.Leaves : EvictionFate.GoesBack;
            }
        }
    }

    /// <summary>Whether the store took a page that had to be written; if not, says so.</summary>
    private bool IsWritten(in EvictedItem item, StoreTransfers transfers, ref int next)
    {
        SwapOutcome outcome = SwapOutcome.NoSpace;
        string? detail = null;
        if (item.Slot >= 0)
        {
            ref readonly SwapTransfer transfer = ref transfers[next++];
            outcome = transfer.Outcome;
            detail = transfer.Detail;
        }

        if (outcome == SwapOutcome.Success)
        {
            _counters.Writes++;
            return true;
        }

        detail ??= item.Slot >= 0 ? $"slot {item.Slot} of {_options.Swap.Name}" : $"all {_options.Swap.SlotCount} slots of {_options.Swap.Name} are taken";
        _counters.FailedWrites++;
        _counters.Report(new PagedMemoryFailure("write to swap", _pages.AddressOf(item.Page), outcome, detail));
        return false;
    }

    /// <summary>Brings the pages to where they belong by now, and lets everybody who waits go on.</summary>
    /// <returns>How many frames are free for it.</returns>
    private int Finish(EvictionBatch batch)
    {
        int freed = 0;
        lock (_gate)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ref EvictedItem item = ref batch.Items[i];
                ref PageEntry entry = ref _pages[item.Page];
                if (item.Fate is EvictionFate.Leaves or EvictionFate.Absent)
                {
                    LeaveLocked(ref entry, in item);
                    freed++;
                }
                else
                {
                    StayLocked(ref entry, batch, i);
                }

                WakeWantedLocked(ref entry, item.Page);
            }

            _evictors--;
            WakeWaitersLocked();
        }

        _backing.Release(batch);
        Return(batch);
        return freed;
    }

    private void LeaveLocked(ref PageEntry entry, in EvictedItem item)
    {
        bool isStored = item.Fate == EvictionFate.Leaves && !item.IsZero;
        _policy.Evict(new FrameNumber((ulong)item.Frame), isStored ? IdentityOf(item.Page) : 0);
        ReturnFrameLocked(ref entry, isEvicted: true);
        entry.Clear(PageFlags.Protected);
        _counters.Evictions++;
        _counters.CleanEvictions += item.IsClean ? 1 : 0;
        _counters.ZeroEvictions += item.IsZero ? 1 : 0;
        if (isStored)
        {
            entry.Slot = item.Slot;
            entry.State = PageState.Swapped;
            return;
        }

        entry.ForgetSlot();
        entry.State = PageState.NeverTouched;
        if (item.Slot >= 0)
        {
            _slots.GiveUp(item.Slot);
        }
    }

    private void StayLocked(ref PageEntry entry, EvictionBatch batch, int index)
    {
        ref EvictedItem item = ref batch.Items[index];
        entry.State = PageState.Resident;
        _policy.Use(new FrameNumber((ulong)item.Frame));
        if (item.IsClean)
        {
            return;
        }

        if (item.Slot >= 0)
        {
            _slots.GiveUp(item.Slot);
        }

        // A page without a slot may have been protected to see its first store; now it is writable, as if the store had come.
        if (item.Fate == EvictionFate.GoesBack)
        {
            _backing.PutBack(batch, index);
            entry.Clear(PageFlags.Protected | PageFlags.Wanted);
            entry.Set(PageFlags.Written);
        }
    }
}
