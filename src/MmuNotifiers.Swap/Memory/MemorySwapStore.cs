namespace MmuNotifiers.Swap;

/// <summary>
/// A store in native memory: for tests, and where pages are only to leave a pool of frames, not the machine. Sparse: groups of 256 slots get
/// their 1 MiB when the first of them is written, and give it to others when the last is discarded.
/// </summary>
/// <remarks>Completes on the caller's thread. Refuses with <see cref="SwapOutcome.NoSpace"/> beyond its bound, or where the system has no memory left.</remarks>
public sealed class MemorySwapStore : ISwapStore
{
    private readonly SlotDirectory<MemoryGroup> _groups;
    private readonly GroupMemory _memory;
    private bool _isDisposed;

    /// <summary>Makes a store.</summary>
    /// <param name="slotCount">How many slots it has.</param>
    /// <param name="maximumBytes">How much memory it takes at most, rounded up to 1 MiB; without it, as much as all slots need.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or there are more than 2^38 slots.</exception>
    public MemorySwapStore(long slotCount, long maximumBytes = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumBytes);
        _groups = new SlotDirectory<MemoryGroup>(slotCount);
        _memory = new GroupMemory(((maximumBytes - 1) / GroupMemory.GroupBytes) + 1);
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public long SlotCount => _groups.SlotCount;

    /// <summary>How much native memory it holds at the moment, in bytes; 16 MiB of emptied groups at most are kept for those to come.</summary>
    public long AllocatedBytes => _memory.Bytes;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            MemoryGroup group = _groups.GetOrAdd(transfer.Slot);
            if (group.TryOccupy(SlotGroups.IndexOf(transfer.Slot), _memory))
            {
                transfer.Bytes.Span.CopyTo(group.Slot(SlotGroups.IndexOf(transfer.Slot)));
                transfer.Succeed();
            }
            else
            {
                transfer.End(SwapOutcome.NoSpace, $"memory store: no memory for slot {transfer.Slot}, {AllocatedBytes} bytes are in use");
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            int index = SlotGroups.IndexOf(transfer.Slot);
            if (_groups.Find(transfer.Slot) is { } group && group.IsOccupied(index))
            {
                group.Slot(index).CopyTo(transfer.Bytes.Span);
                transfer.Succeed();
            }
            else
            {
                transfer.End(SwapOutcome.Lost, $"memory store: slot {transfer.Slot} holds nothing");
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfOutOfRange(slots, SlotCount);
        foreach (long slot in slots)
        {
            if (_groups.Find(slot) is { } group)
            {
                group.Vacate(SlotGroups.IndexOf(slot), _memory);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _groups.ForEach(static group => group.Free());
            _memory.FreeSpares();
        }

        return default;
    }
}
