using System.Runtime.CompilerServices;

namespace MmuNotifiers.Linux;

/// <summary>A batch of pages on its way to or from the store, used by one thread at a time and again and again, without an allocation when warm.</summary>
internal sealed class StoreTransfers
{
    private readonly object _done = new();
    private readonly Action _onCompleted;
    private readonly SwapTransfer[] _transfers;
    private ValueTaskAwaiter _awaiter;

    /// <summary>Whether the store is done. Guarded by <see cref="_done"/>.</summary>
    private bool _isDone;

    internal StoreTransfers(int capacity)
    {
        _transfers = new SwapTransfer[capacity];
        _onCompleted = OnCompleted;
    }

    /// <summary>How many pages there are.</summary>
    internal int Count { get; private set; }

    /// <summary>One page; after the transfer with its outcome.</summary>
    internal ref readonly SwapTransfer this[int index] => ref _transfers[index];

    /// <summary>Adds a page.</summary>
    /// <returns>Its index.</returns>
    internal int Add(long slot, Memory<byte> bytes)
    {
        _transfers[Count] = new SwapTransfer(slot, bytes);
        return Count++;
    }

    /// <summary>Forgets the pages, for the next use.</summary>
    internal void Clear()
    {
        _transfers.AsSpan(0, Count).Clear();
        Count = 0;
    }

    /// <summary>Writes the pages; blocks until each has its outcome. No lock is held.</summary>
    internal void Write(ISwapStore store) => Run(store, static (store, transfers) => store.WriteAsync(transfers));

    /// <summary>Reads the pages; blocks until each has its outcome. No lock is held.</summary>
    internal void Read(ISwapStore store) => Run(store, static (store, transfers) => store.ReadAsync(transfers));

    private void Run(ISwapStore store, Func<ISwapStore, Memory<SwapTransfer>, ValueTask> start)
    {
        if (Count == 0)
        {
            return;
        }

        Exception? failure = null;
        try
        {
#pragma warning disable CA2012 // Consumed once, below.
            _awaiter = start(store, _transfers.AsMemory(0, Count)).GetAwaiter();
#pragma warning restore CA2012
            Wait();
            _awaiter.GetResult();
        }
#pragma warning disable CA1031 // Whatever a store throws: its pages have failed, and the report says why.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            failure = thrown;
        }

        _awaiter = default;
        foreach (ref SwapTransfer transfer in _transfers.AsSpan(0, Count))
        {
            if (failure is not null || transfer.Outcome == SwapOutcome.Pending)
            {
                transfer.Outcome = SwapOutcome.IoError;
                transfer.Detail = failure is null ? "the store gave no outcome" : $"the store threw: {failure.Message}";
            }
        }
    }

    private void Wait()
    {
        if (_awaiter.IsCompleted)
        {
            return;
        }

        _isDone = false;
        _awaiter.UnsafeOnCompleted(_onCompleted);
        lock (_done)
        {
            while (!_isDone)
            {
                Monitor.Wait(_done);
            }
        }
    }

    private void OnCompleted()
    {
        lock (_done)
        {
            _isDone = true;
            Monitor.PulseAll(_done);
        }
    }
}
