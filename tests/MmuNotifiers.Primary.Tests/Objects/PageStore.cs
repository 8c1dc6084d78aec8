using System.Collections.Concurrent;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>A swap store in memory that can be told to fail and to make its callers wait.</summary>
internal sealed class PageStore(long slots = 512) : ISwapStore, IDisposable
{
    private readonly ConcurrentDictionary<long, byte[]> _pages = new();
    private int _writes;
    private int _reads;

    public string Name => "test";

    public long SlotCount => slots;

    /// <summary>How writes end.</summary>
    internal SwapOutcome WriteOutcome { get; set; } = SwapOutcome.Success;

    /// <summary>How reads end.</summary>
    internal SwapOutcome ReadOutcome { get; set; } = SwapOutcome.Success;

    /// <summary>Called before a write is done, with its pages.</summary>
    internal Action? Writing { get; set; }

    /// <summary>Called before a read is done.</summary>
    internal Action? Reading { get; set; }

    /// <summary>How many pages were written.</summary>
    internal int Writes => Volatile.Read(ref _writes);

    /// <summary>How many pages were read.</summary>
    internal int Reads => Volatile.Read(ref _reads);

    /// <summary>How many pages it holds.</summary>
    internal int Count => _pages.Count;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        byte[][] before = [.. transfers.ToArray().Select(static transfer => transfer.Bytes.ToArray())];
        Writing?.Invoke();
        for (int i = 0; i < transfers.Length; i++)
        {
            ref SwapTransfer transfer = ref transfers.Span[i];
            transfer.Outcome = WriteOutcome;
            if (WriteOutcome == SwapOutcome.Success)
            {
                Assert.True(transfer.Bytes.Span.SequenceEqual(before[i]), "A page changed while it was written.");
                _pages[transfer.Slot] = before[i];
                Interlocked.Increment(ref _writes);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        Reading?.Invoke();
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            transfer.Outcome = ReadOutcome;
            if (ReadOutcome == SwapOutcome.Success)
            {
                transfer.Outcome = _pages.TryGetValue(transfer.Slot, out byte[]? bytes) ? SwapOutcome.Success : SwapOutcome.Lost;
                bytes?.CopyTo(transfer.Bytes);
                Interlocked.Increment(ref _reads);
            }
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

    public void Dispose()
    {
    }
}
