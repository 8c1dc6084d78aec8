using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The counts behind <see cref="SwapStatistics"/>, and the latest failures.</summary>
internal sealed class SwapCounters
{
    private const int KeptFailures = 64;

    private readonly UncontrolledLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly Queue<SwapFailure> _failures = new();

    private long _swapIns;
    private long _readAheads;
    private long _cacheHits;
    private long _writes;
    private long _cleanEvictions;
    private long _zeroEvictions;
    private long _lazyFrees;
    private long _failedReads;
    private long _failedWrites;

    /// <summary>The latest failures, oldest first.</summary>
    internal SwapFailure[] Failures
    {
        get
        {
            using (_lock.EnterScope())
            {
                return [.. _failures];
            }
        }
    }

    internal void CountRead(int readAheads)
    {
        Shared.Add(ref _swapIns, 1, this);
        if (readAheads > 0)
        {
            Shared.Add(ref _readAheads, readAheads, this);
        }
    }

    internal void CountCacheHit() => Shared.Add(ref _cacheHits, 1, this);

    internal void CountWrite() => Shared.Add(ref _writes, 1, this);

    internal void CountCleanEviction() => Shared.Add(ref _cleanEvictions, 1, this);

    internal void CountZeroEviction() => Shared.Add(ref _zeroEvictions, 1, this);

    internal void CountLazyFree() => Shared.Add(ref _lazyFrees, 1, this);

    /// <summary>Counts a transfer that failed, and keeps what the store says of it.</summary>
    internal void CountFailure(SwapOperation operation, ISwapStore store, in SwapTransfer transfer)
    {
        Shared.Add(ref operation == SwapOperation.Read ? ref _failedReads : ref _failedWrites, 1, this);
        SwapFailure failure = new(operation, store.Name, transfer.Slot, transfer.Outcome, transfer.Detail ?? "no detail");
        using (_lock.EnterScope())
        {
            if (_failures.Count == KeptFailures)
            {
                _failures.Dequeue();
            }

            _failures.Enqueue(failure);
        }
    }

    internal SwapStatistics Sample(long slotsInUse) => new()
    {
        SwapIns = Shared.Read(in _swapIns, this),
        ReadAheads = Shared.Read(in _readAheads, this),
        CacheHits = Shared.Read(in _cacheHits, this),
        Writes = Shared.Read(in _writes, this),
        CleanEvictions = Shared.Read(in _cleanEvictions, this),
        ZeroEvictions = Shared.Read(in _zeroEvictions, this),
        LazyFrees = Shared.Read(in _lazyFrees, this),
        FailedReads = Shared.Read(in _failedReads, this),
        FailedWrites = Shared.Read(in _failedWrites, this),
        SlotsInUse = slotsInUse,
    };
}
