using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Where scenarios evict pages to: a store that is done at once, and no step of any thread. What was never written is lost.</summary>
internal sealed class CheckedSwapStore : ISwapStore
{
    private const int Slots = 64;

    private readonly UncontrolledLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly byte[]?[] _pages = new byte[]?[Slots];

    /// <inheritdoc/>
    public string Name => "checked";

    /// <inheritdoc/>
    public long SlotCount => Slots;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        using (_lock.EnterScope())
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                _pages[transfer.Slot] = transfer.Bytes.ToArray();
                transfer.Outcome = SwapOutcome.Success;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        using (_lock.EnterScope())
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                byte[]? page = _pages[transfer.Slot];
                page?.CopyTo(transfer.Bytes);
                transfer.Outcome = page is null ? SwapOutcome.Lost : SwapOutcome.Success;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        using (_lock.EnterScope())
        {
            foreach (long slot in slots)
            {
                _pages[slot] = null;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
