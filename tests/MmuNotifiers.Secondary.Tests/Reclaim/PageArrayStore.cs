using System.Collections.Concurrent;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>A swap store in managed memory that can be full, refuse, or be slow.</summary>
internal sealed class PageArrayStore(long slots) : ISwapStore
{
    private readonly ConcurrentDictionary<long, byte[]> _pages = [];

    public string Name => "array";

    public long SlotCount => slots;

    /// <summary>What writes end in; success if nothing else is said.</summary>
    internal SwapOutcome WriteOutcome { get; set; } = SwapOutcome.Success;

    /// <summary>Called before pages are written.</summary>
    internal Action OnWrite { get; set; } = () => { };

    internal int Pages => _pages.Count;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        OnWrite();
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            transfer.Outcome = WriteOutcome;
            if (WriteOutcome == SwapOutcome.Success)
            {
                _pages[transfer.Slot] = transfer.Bytes.ToArray();
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            bool found = _pages.TryGetValue(transfer.Slot, out byte[]? page);
            page?.CopyTo(transfer.Bytes);
            transfer.Outcome = found ? SwapOutcome.Success : SwapOutcome.Lost;
        }

        return ValueTask.CompletedTask;
    }

    public void Discard(ReadOnlySpan<long> slots)
    {
        foreach (long slot in slots)
        {
            _pages.TryRemove(slot, out _);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
