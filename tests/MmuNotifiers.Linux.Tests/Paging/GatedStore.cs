namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>A store whose next read can be held up, and then fails for now.</summary>
internal sealed class GatedStore(ISwapStore store) : ISwapStore
{
    private readonly ManualResetEventSlim _isHeldUp = new();
    private readonly ManualResetEventSlim _mayFail = new();

    /// <summary>Whether the next read is the one that is held up.</summary>
    private int _holdsNext;

    public string Name => store.Name;

    public long SlotCount => store.SlotCount;

    /// <summary>Holds the next read up until <see cref="FailHeld"/>.</summary>
    internal void HoldNextRead() => Volatile.Write(ref _holdsNext, 1);

    /// <summary>Waits until a read is held up.</summary>
    internal void AwaitHeld() => _isHeldUp.Wait();

    /// <summary>Lets the read that is held up fail: the store has no answer for now.</summary>
    internal void FailHeld() => _mayFail.Set();

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transfers, cancellationToken);

    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _holdsNext, 0) == 0)
        {
            return store.ReadAsync(transfers, cancellationToken);
        }

        _isHeldUp.Set();
        _mayFail.Wait(cancellationToken);
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            transfer.Outcome = SwapOutcome.Unavailable;
        }

        return default;
    }

    public void Discard(ReadOnlySpan<long> slots) => store.Discard(slots);

    public ValueTask DisposeAsync()
    {
        _isHeldUp.Dispose();
        _mayFail.Dispose();
        return store.DisposeAsync();
    }
}
