using System.Buffers;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Swap;

/// <summary>What goes to the store behind and comes from it.</summary>
/// <remarks>
/// The store behind must never see two writes of one slot at once. The oldest pages go there while their slots stay in use, so a page that goes there
/// straight waits until no slot of its batch is being written back:
/// <code>
/// making room                                  the slot's user
/// slot.IsWrittenBack = true
/// behind.Write(slot, old content) begins       discards the slot, writes a page that does not become smaller
///                                              slot.IsWrittenBack: waits for _writeBack
/// behind.Write ends
/// entry is not what was written back:
/// behind.Discard(slot)
/// slot.IsWrittenBack = false, _writeBack left
///                                              behind.Write(slot, new content)      what is read is the new content
/// </code>
/// </remarks>
public sealed partial class CompressedSwapStore
{
    /// <summary>How many pages are written back in one batch.</summary>
    private const int WriteBackPages = 64;

    /// <summary>How many segments at most are written back for one page that needs room, where the store behind refuses some pages of each.</summary>
    private const int MostSegmentsForRoom = 8;

    private readonly SemaphoreSlim _writeBack = new(1);

    // Guarded by _writeBack.
    private readonly List<LogRecord> _oldest = [];
    private readonly List<long> _stale = [];
    private readonly LogRecord[] _records = new LogRecord[WriteBackPages];
    private readonly SwapTransfer[] _batch = new SwapTransfer[WriteBackPages];
    private Memory<byte> _pages;

    /// <summary>Ends a write whose pages did not all find room at once, or go straight to the store behind.</summary>
    private async ValueTask FinishWriteAsync(Memory<SwapTransfer> transfers, int done, int passing, CancellationToken cancellationToken)
    {
        RoomResult room = default;
        while (done < transfers.Length)
        {
            // Who found no room once does not try for each page of the batch again.
            if (room.Outcome is SwapOutcome.Pending or SwapOutcome.Success)
            {
                room = await MakeRoomAsync(cancellationToken).ConfigureAwait(false);
            }

            if (room.Outcome != SwapOutcome.Success)
            {
                transfers.Span[done++].End(room.Outcome, room.Detail);
            }

            done += WriteWhileRoom(transfers.Span[done..], ref passing);
        }

        if (passing > 0)
        {
            await AwaitWriteBackOfAsync(transfers, cancellationToken).ConfigureAwait(false);
            await PassPendingAsync(
                transfers, static (store, pending, token) => store.WriteAsync(pending, token), cancellationToken).ConfigureAwait(false);
            EndPassing(transfers.Span);
        }
    }

    /// <summary>Lets the store behind transfer those pages that are pending.</summary>
    private async ValueTask PassPendingAsync(
        Memory<SwapTransfer> transfers,
        Func<ISwapStore, Memory<SwapTransfer>, CancellationToken, ValueTask> transfer,
        CancellationToken cancellationToken)
    {
        SwapTransfer[] rented = ArrayPool<SwapTransfer>.Shared.Rent(transfers.Length);
        int count = 0;
        foreach (ref readonly SwapTransfer pending in transfers.Span)
        {
            if (pending.Outcome == SwapOutcome.Pending)
            {
                rented[count++] = pending;
            }
        }

        await transfer(_behind!, rented.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        int next = 0;
        foreach (ref SwapTransfer pending in transfers.Span)
        {
            if (pending.Outcome == SwapOutcome.Pending)
            {
                pending = rented[next++];
            }
        }

        ArrayPool<SwapTransfer>.Shared.Return(rented, clearArray: true);
    }

    /// <summary>Waits until no pending page's slot is being written back.</summary>
    private async ValueTask AwaitWriteBackOfAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken)
    {
        if (!AnyIsWrittenBack(transfers.Span))
        {
            return;
        }

        if (await TryEnterWriteBackAsync(cancellationToken).ConfigureAwait(false))
        {
            _writeBack.Release();
            return;
        }

        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            if (transfer.Outcome == SwapOutcome.Pending)
            {
                transfer.End(SwapOutcome.Unavailable, $"{Name} store: the wait for an older write of the slot was cancelled");
            }
        }
    }

    private bool AnyIsWrittenBack(ReadOnlySpan<SwapTransfer> transfers)
    {
        lock (_gate)
        {
            foreach (ref readonly SwapTransfer transfer in transfers)
            {
                if (transfer.Outcome == SwapOutcome.Pending && _slots[transfer.Slot].IsWrittenBack)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private void EndPassing(ReadOnlySpan<SwapTransfer> transfers)
    {
        lock (_gate)
        {
            foreach (ref readonly SwapTransfer transfer in transfers)
            {
                if (_slots[transfer.Slot].State == CompressedState.Passing)
                {
                    bool isBehind = transfer.Outcome == SwapOutcome.Success;
                    EnterLocked(transfer.Slot, new CompressedSlot { State = isBehind ? CompressedState.Behind : CompressedState.Empty });
                    _passedThroughPages += isBehind ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Makes room for one page at least.</summary>
    private async ValueTask<RoomResult> MakeRoomAsync(CancellationToken cancellationToken)
    {
        if (!await TryEnterWriteBackAsync(cancellationToken).ConfigureAwait(false))
        {
            return new RoomResult(SwapOutcome.Unavailable, $"{Name} store: the wait for room was cancelled");
        }

        try
        {
            RoomResult refusal = new(SwapOutcome.NoSpace, $"{Name} store: the memory for packed pages is full");
            for (int segment = 0; segment < MostSegmentsForRoom && _behind is not null && !HasRoom(isLastResort: false); segment++)
            {
                RoomResult result = await WriteOldestBackAsync(cancellationToken).ConfigureAwait(false);
                refusal = result.Outcome == SwapOutcome.Success ? refusal : result;
            }

            return HasRoom(isLastResort: true) ? new RoomResult(SwapOutcome.Success, Detail: null) : refusal;
        }
        finally
        {
            _writeBack.Release();
        }
    }

    private async ValueTask<bool> TryEnterWriteBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _writeBack.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether there is room, after moving records together where that is worth it or the last resort.</summary>
    private bool HasRoom(bool isLastResort)
    {
        lock (_gate)
        {
            while (!_log.HasRoom && (isLastResort || !_log.IsMostlyLive) && _log.TryCompact(_slots))
            {
            }

            return _log.HasRoom;
        }
    }

    /// <summary>Writes the oldest segment back, up to a batch of which the store behind takes nothing; tells its first refusal.</summary>
    private async ValueTask<RoomResult> WriteOldestBackAsync(CancellationToken cancellationToken)
    {
        LogSegment? segment = BeginWriteBack();
        RoomResult result = new(SwapOutcome.Success, Detail: null);
        int done = 0;
        try
        {
            for (int taken = 1; done < _oldest.Count && taken > 0;)
            {
                int records = Math.Min(WriteBackPages, _oldest.Count - done);
                int pages = Unpack(CollectionsMarshal.AsSpan(_oldest).Slice(done, records));
                await _behind!.WriteAsync(_batch.AsMemory(0, pages), cancellationToken).ConfigureAwait(false);
                taken = EndWriteBack(pages, ref result);
                done += records;
            }

            return result;
        }
        finally
        {
            EndWriteBack(segment, CollectionsMarshal.AsSpan(_oldest)[done..]);
        }
    }

    private LogSegment? BeginWriteBack()
    {
        _oldest.Clear();
        LogSegment? segment;
        lock (_gate)
        {
            segment = _log.BeginWriteBack(_slots, _oldest);
            foreach (LogRecord record in _oldest)
            {
                _slots[record.Slot].IsWrittenBack = true;
            }
        }

        // Neighbours go to the store behind as one.
        _oldest.Sort(static (one, other) => one.Slot.CompareTo(other.Slot));
        return segment;
    }

    /// <summary>Makes a batch of records: of a segment that is written back, whose bytes therefore stay, dead or alive.</summary>
    private int Unpack(ReadOnlySpan<LogRecord> records)
    {
        _pages = _pages.IsEmpty ? AlignedPages() : _pages;
        int pages = 0;
        foreach (LogRecord record in records)
        {
            Memory<byte> page = _pages.Slice(pages << Page.Shift, Page.SizeBytes);
            if (PageCompressor.TryUnpack(_log.Bytes(record.Place, record.Bytes), page.Span))
            {
                _records[pages] = record;
                _batch[pages++] = new SwapTransfer(record.Slot, page);
            }
            else
            {
                // It stays, and is found corrupt by who reads it.
                EndWriteBack(segment: null, [record]);
            }
        }

        return pages;
    }

    /// <summary>Enters what became of a batch; tells how many pages the store behind took.</summary>
    private int EndWriteBack(int pages, ref RoomResult result)
    {
        int taken = 0;
        _stale.Clear();
        lock (_gate)
        {
            for (int page = 0; page < pages; page++)
            {
                taken += EndWriteBackLocked(_records[page], in _batch[page], ref result);
            }
        }

        if (_stale.Count > 0)
        {
            _behind!.Discard(CollectionsMarshal.AsSpan(_stale));
            lock (_gate)
            {
                foreach (long slot in _stale)
                {
                    _slots[slot].IsWrittenBack = false;
                }
            }
        }

        return taken;
    }

    private int EndWriteBackLocked(LogRecord record, ref readonly SwapTransfer transfer, ref RoomResult result)
    {
        bool isTaken = transfer.Outcome == SwapOutcome.Success;
        ref CompressedSlot slot = ref _slots[record.Slot];
        if (!slot.IsAt(record.Place))
        {
            _stale.Add(record.Slot);
            return isTaken ? 1 : 0;
        }

        slot.IsWrittenBack = false;
        if (isTaken)
        {
            EnterLocked(record.Slot, new CompressedSlot { State = CompressedState.Behind });
            _writtenBackPages++;
            return 1;
        }

        _failedWriteBackPages++;
        result = result.Outcome == SwapOutcome.Success ? new RoomResult(transfer.Outcome, transfer.Detail) : result;
        return 0;
    }

    /// <summary>Leaves records where they are.</summary>
    private void EndWriteBack(LogSegment? segment, ReadOnlySpan<LogRecord> records)
    {
        lock (_gate)
        {
            foreach (LogRecord record in records)
            {
                _slots[record.Slot].IsWrittenBack = false;
            }

            if (segment is not null)
            {
                _log.EndWriteBack(segment);
            }
        }
    }

    /// <summary>Pages that lie as direct access to a file wants them.</summary>
    private static Memory<byte> AlignedPages()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((WriteBackPages + 1) << Page.Shift, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);
        return bytes.AsMemory((int)(-address & (Page.SizeBytes - 1)), WriteBackPages << Page.Shift);
    }

    /// <summary>Whether room was made, or how pages end that found none.</summary>
    private readonly record struct RoomResult(SwapOutcome Outcome, string? Detail);
}
