using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// A batch of pages on its way to or from a store, used by one thread at a time and again and again, without an allocation when warm:
/// filled, started, waited for, read.
/// </summary>
internal sealed class SwapTransfers
{
    [ThreadStatic]
    private static SwapTransfers? Spare;

    private readonly SharedMonitor _monitor = new();
    private readonly Action _onCompleted;
    private SwapTransfer[] _transfers = new SwapTransfer[16];
    private ValueTaskAwaiter _awaiter;
    private Exception? _failure;

    /// <summary>Whether the store is done, or was given nothing. Guarded by the monitor.</summary>
    private bool _isDone = true;

    internal SwapTransfers() => _onCompleted = OnCompleted;

    /// <summary>How many pages the batch has.</summary>
    internal int Count { get; private set; }

    /// <summary>One page of the batch, after <see cref="Wait"/> with its outcome.</summary>
    internal ref readonly SwapTransfer this[int index] => ref _transfers[index];

    /// <summary>An empty batch for the calling thread.</summary>
    internal static SwapTransfers Rent()
    {
        SwapTransfers transfers = Spare ?? new SwapTransfers();
        Spare = null;
        return transfers;
    }

    /// <summary>Gives a batch back that was rented.</summary>
    internal void Return()
    {
        Clear();
        Spare = this;
    }

    /// <summary>Forgets the pages, for the next use.</summary>
    internal void Clear()
    {
        _transfers.AsSpan(0, Count).Clear();
        Count = 0;
        _failure = null;
    }

    /// <summary>Adds a page.</summary>
    internal void Add(long slot, Memory<byte> bytes)
    {
        if (Count == _transfers.Length)
        {
            Array.Resize(ref _transfers, Count * 2);
        }

        _transfers[Count++] = new SwapTransfer(slot, bytes);
    }

    /// <summary>Begins to write the pages; <see cref="Wait"/> follows. May block. No lock is held but perhaps a map lock.</summary>
    internal void BeginWrite(ISwapStore store)
    {
        for (int i = 0; Shared.Controlled && i < Count; i++)
        {
            Shared.BeforeRead(AddressOf(_transfers[i].Bytes), Page.SizeBytes, "write to swap");
        }

        Begin(store, static (store, transfers) => store.WriteAsync(transfers));
    }

    /// <summary>Begins to read the pages, as <see cref="BeginWrite"/>.</summary>
    internal void BeginRead(ISwapStore store)
    {
        for (int i = 0; Shared.Controlled && i < Count; i++)
        {
            Shared.BeforeWrite(AddressOf(_transfers[i].Bytes), Page.SizeBytes, "read from swap");
        }

        Begin(store, static (store, transfers) => store.ReadAsync(transfers));
    }

    /// <summary>Blocks until the store is done. A page without an outcome, or in a batch at which the store threw, has failed.</summary>
    internal void Wait()
    {
        _monitor.Enter();
        while (!_isDone)
        {
            _monitor.Wait();
        }

        _monitor.Exit();
        try
        {
            if (_failure is null)
            {
                _awaiter.GetResult();
            }
        }
#pragma warning disable CA1031 // Whatever a store throws: its pages have failed, and the report says why.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }

        _awaiter = default;
        foreach (ref SwapTransfer transfer in _transfers.AsSpan(0, Count))
        {
            if (_failure is not null || transfer.Outcome == SwapOutcome.Pending)
            {
                transfer.Outcome = SwapOutcome.IoError;
                transfer.Detail = _failure is null ? "the store gave no outcome" : $"the store threw: {_failure.Message}";
            }
        }
    }

    // SAFETY: the bytes lie in the arena of a pool, which does not move; the address is not used but to name them.
    private static unsafe nint AddressOf(Memory<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes.Span));

    private void Begin(ISwapStore store, Func<ISwapStore, Memory<SwapTransfer>, ValueTask> start)
    {
        _isDone = true;
        if (Count == 0)
        {
            return;
        }

        try
        {
#pragma warning disable CA2012 // Consumed once, by Wait.
            _awaiter = start(store, _transfers.AsMemory(0, Count)).GetAwaiter();
#pragma warning restore CA2012
        }
#pragma warning disable CA1031 // As above.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
            return;
        }

        if (!_awaiter.IsCompleted)
        {
            _isDone = false;
            _awaiter.UnsafeOnCompleted(_onCompleted);
        }
    }

    private void OnCompleted()
    {
        _monitor.Enter();
        _isDone = true;
        _monitor.WakeAll();
        _monitor.Exit();
    }
}
