namespace MmuNotifiers.Linux;

/// <summary>
/// The counts behind <see cref="PagedMemoryStatistics"/>, and the latest failures. The counts are guarded by the gate of their
/// <see cref="PagedMemory"/>.
/// </summary>
internal sealed class PagingCounters : IDisposable
{
    private const int KeptFailures = 64;

    private readonly Lock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly Queue<PagedMemoryFailure> _failures = new();

    internal long MissingFaults;
    internal long ProtectFaults;
    internal long DuplicateFaults;
    internal long DeferredFaults;
    internal long StarvedFaults;
    internal long ZeroFills;
    internal long SwapIns;
    internal long ReadAheads;
    internal long Evictions;
    internal long CleanEvictions;
    internal long ZeroEvictions;
    internal long WantedEvictions;
    internal long Writes;
    internal long FailedWrites;
    internal long FailedReads;

    /// <summary>How long the handling of faults took.</summary>
    internal LatencyHistogram Handling { get; } = new();

    /// <summary>The latest failures, oldest first.</summary>
    internal PagedMemoryFailure[] Failures
    {
        get
        {
            lock (_lock)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Lets the meter collect these counts.</summary>
    internal void Publish() => PagingMeter.Add(this);

    /// <summary>Keeps a failure.</summary>
    internal void Report(PagedMemoryFailure failure)
    {
        lock (_lock)
        {
            if (_failures.Count == KeptFailures)
            {
                _failures.Dequeue();
            }

            _failures.Enqueue(failure);
        }
    }

    internal PagedMemoryStatistics Read(long residentPages) => new()
    {
        ResidentPages = residentPages,
        MissingFaults = MissingFaults,
        ProtectFaults = ProtectFaults,
        DuplicateFaults = DuplicateFaults,
        DeferredFaults = DeferredFaults,
        StarvedFaults = StarvedFaults,
        ZeroFills = ZeroFills,
        SwapIns = SwapIns,
        ReadAheads = ReadAheads,
        Evictions = Evictions,
        CleanEvictions = CleanEvictions,
        ZeroEvictions = ZeroEvictions,
        WantedEvictions = WantedEvictions,
        Writes = Writes,
        FailedWrites = FailedWrites,
        FailedReads = FailedReads,
        HandlingMedian = Handling.Quantile(0.5),
        Handling99 = Handling.Quantile(0.99),
    };

    /// <inheritdoc/>
    public void Dispose() => PagingMeter.Remove(this);
}
