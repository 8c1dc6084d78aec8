namespace MmuNotifiers.Swap;

/// <summary>
/// Packs pages with LZ4 and keeps them in memory, alone or in front of any other store. The memory is bounded; when it is full, the oldest pages go to
/// the store behind. A page that is one word over and over takes no memory, one that does not become smaller goes straight to the store behind.
/// </summary>
/// <remarks>
/// As long as there is room, it completes on the caller's thread without blocking. Alone, it answers <see cref="SwapOutcome.NoSpace"/> when it is full.
/// With a store behind, a page that finds no room ends as the store behind answered when the oldest pages were to go there; those stay where they
/// are, so that no page is lost by it.
/// <code>
/// lock order:  _writeBack (one writes back at a time, held across the wait for the store behind)  ->  _gate (never held across a wait)
/// </code>
/// </remarks>
public sealed partial class CompressedSwapStore : ISwapStore
{
    /// <summary>The least bound: 64 KiB.</summary>
    public const long LeastMaximumBytes = CompressedLog.LeastBytes;

    /// <summary>A store that names no number of slots has one for each 256 bytes of its bound: pages rarely become smaller than that.</summary>
    private const int LeastBytesOfPage = 256;

    /// <summary>How many discarded slots the store behind is told of at once.</summary>
    private const int DiscardBatch = 64;

    private readonly Lock _gate = new();
    private readonly ISwapStore? _behind;

    /// <summary>Guarded by <see cref="_gate"/>.</summary>
    private readonly CompressedSlots _slots;

    /// <summary>Guarded by <see cref="_gate"/>.</summary>
    private readonly CompressedLog _log;

    // Guarded by _gate.
    private long _filledPages;
    private long _packedPages;
    private long _passedThroughPages;
    private long _writtenBackPages;
    private long _failedWriteBackPages;

    private bool _isDisposed;

    /// <summary>Makes a store in front of another, which it owns from then on.</summary>
    /// <param name="maximumBytes">How much memory packed pages take at most, 64 KiB at least. Entries take 16 bytes a slot beside.</param>
    /// <param name="behind">The store behind; nobody else uses it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is too small.</exception>
    public CompressedSwapStore(long maximumBytes, ISwapStore behind)
        : this(maximumBytes, (behind ?? throw new ArgumentNullException(nameof(behind))).SlotCount, behind)
    {
    }

    /// <summary>Makes a store of its own.</summary>
    /// <param name="maximumBytes">How much memory packed pages take at most, 64 KiB at least. Entries take 16 bytes a slot beside.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is too small.</exception>
    public CompressedSwapStore(long maximumBytes)
        : this(maximumBytes, Math.Max(maximumBytes, LeastBytesOfPage) / LeastBytesOfPage, behind: null)
    {
    }

    private CompressedSwapStore(long maximumBytes, long slotCount, ISwapStore? behind)
    {
        _log = new CompressedLog(maximumBytes);
        _slots = new CompressedSlots(slotCount);
        _behind = behind;
        Name = behind is null ? "lz4" : $"lz4+{behind.Name}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long SlotCount => _slots.Count;

    /// <summary>What it holds and did.</summary>
    public CompressedSwapStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new CompressedSwapStatistics(
                    _filledPages,
                    _packedPages,
                    _log.LiveBytes,
                    _log.AllocatedBytes,
                    _passedThroughPages,
                    _writtenBackPages,
                    _failedWriteBackPages);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        int passing = 0;
        int done = WriteWhileRoom(transfers.Span, ref passing);
        return done == transfers.Length && passing == 0 ? default : FinishWriteAsync(transfers, done, passing, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        int behind = 0;
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            behind += ReadHere(ref transfer) ? 0 : 1;
        }

        return behind == 0 ? default
            : behind == transfers.Length ? _behind!.ReadAsync(transfers, cancellationToken)
            : PassPendingAsync(transfers, static (store, pending, token) => store.ReadAsync(pending, token), cancellationToken);
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfOutOfRange(slots, SlotCount);
        Span<long> behind = stackalloc long[DiscardBatch];
        int count = 0;
        foreach (long slot in slots)
        {
            behind[count] = slot;
            count += Forget(slot) ? 1 : 0;
            if (count == DiscardBatch)
            {
                _behind!.Discard(behind);
                count = 0;
            }
        }

        if (count > 0)
        {
            _behind!.Discard(behind[..count]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        // Who is about to make room ends before what he works on is freed.
        await _writeBack.WaitAsync().ConfigureAwait(false);
        if (_behind is not null)
        {
            await _behind.DisposeAsync().ConfigureAwait(false);
        }

        lock (_gate)
        {
            _log.Dispose();
        }

        _writeBack.Dispose();
    }

    /// <summary>Writes pages up to the first that finds no room. Those that go straight to the store behind stay pending, and are counted.</summary>
    /// <returns>How many pages it came by.</returns>
    private int WriteWhileRoom(Span<SwapTransfer> transfers, ref int passing)
    {
        Span<byte> packed = stackalloc byte[PageCompressor.MostBytes];
        for (int done = 0; done < transfers.Length; done++)
        {
            ref SwapTransfer transfer = ref transfers[done];
            ReadOnlySpan<byte> page = transfer.Bytes.Span;
            if (Forget(transfer.Slot))
            {
                _behind!.Discard([transfer.Slot]);
            }

            if (PageCompressor.IsFilled(page, out ulong word))
            {
                Enter(transfer.Slot, new CompressedSlot { State = CompressedState.Filled, Word = word });
                transfer.Succeed();
            }
            else if (PageCompressor.TryPack(page, packed, out int bytes))
            {
                if (!TryKeep(ref transfer, packed[..bytes]))
                {
                    return done;
                }
            }
            else if (_behind is null)
            {
                if (!TryKeep(ref transfer, page))
                {
                    return done;
                }
            }
            else
            {
                Enter(transfer.Slot, new CompressedSlot { State = CompressedState.Passing });
                transfer.End(SwapOutcome.Pending, detail: null);
                passing++;
            }
        }

        return transfers.Length;
    }

    private bool TryKeep(ref SwapTransfer transfer, ReadOnlySpan<byte> packed)
    {
        lock (_gate)
        {
            if (!_log.TryAppend(transfer.Slot, packed, out LogPlace place))
            {
                return false;
            }

            EnterLocked(
                transfer.Slot,
                new CompressedSlot { State = CompressedState.Packed, Word = place.Value, PackedBytes = (ushort)packed.Length });
        }

        transfer.Succeed();
        return true;
    }

    /// <summary>Reads a page that is here, or says that it is nowhere; false if it is in the store behind.</summary>
    private bool ReadHere(ref SwapTransfer transfer)
    {
        Span<byte> buffer = stackalloc byte[Page.SizeBytes];
        CompressedSlot slot;
        lock (_gate)
        {
            slot = _slots.IsKnown(transfer.Slot) ? _slots[transfer.Slot] : default;
            if (slot.State == CompressedState.Packed)
            {
                // Copied, so that the record may move or leave while it is unpacked.
                _log.Bytes(new LogPlace(slot.Word), slot.PackedBytes).CopyTo(buffer);
            }
        }

        switch (slot.State)
        {
            case CompressedState.Filled:
                PageCompressor.Fill(transfer.Bytes.Span, slot.Word);
                transfer.Succeed();
                return true;
            case CompressedState.Packed when PageCompressor.TryUnpack(buffer[..slot.PackedBytes], transfer.Bytes.Span):
                transfer.Succeed();
                return true;
            case CompressedState.Packed:
                transfer.End(SwapOutcome.Corrupt, $"{Name} store: slot {transfer.Slot} does not unpack to a page");
                return true;
            case CompressedState.Behind:
                transfer.End(SwapOutcome.Pending, detail: null);
                return false;
            default:
                transfer.End(SwapOutcome.Lost, $"{Name} store: slot {transfer.Slot} holds nothing");
                return true;
        }
    }

    /// <summary>Empties a slot that nobody else uses; tells whether the store behind has its content.</summary>
    private bool Forget(long number)
    {
        lock (_gate)
        {
            if (!_slots.IsKnown(number))
            {
                return false;
            }

            ref CompressedSlot slot = ref _slots[number];
            bool isBehind = slot.State == CompressedState.Behind;
            EnterLocked(number, default);
            return isBehind;
        }
    }

    private void Enter(long number, CompressedSlot entry)
    {
        lock (_gate)
        {
            EnterLocked(number, entry);
        }
    }

    /// <summary>Changes where the content of a slot is, and what is counted by it.</summary>
    private void EnterLocked(long number, CompressedSlot entry)
    {
        ref CompressedSlot slot = ref _slots[number];
        if (slot.State == CompressedState.Packed)
        {
            _log.Release(new LogPlace(slot.Word), slot.PackedBytes);
        }

        _packedPages += IsAs(entry, CompressedState.Packed) - IsAs(slot, CompressedState.Packed);
        _filledPages += IsAs(entry, CompressedState.Filled) - IsAs(slot, CompressedState.Filled);
        entry.IsWrittenBack = slot.IsWrittenBack;
        slot = entry;

        static int IsAs(CompressedSlot slot, CompressedState state) => slot.State == state ? 1 : 0;
    }
}
