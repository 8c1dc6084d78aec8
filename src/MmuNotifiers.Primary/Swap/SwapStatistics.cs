namespace MmuNotifiers.Primary;

/// <summary>What went to the swap stores of a pool and came from them since it was made. Each count is exact; together they are not of one moment.</summary>
public readonly record struct SwapStatistics
{
    /// <summary>Pages that a fault had to read from a store.</summary>
    public long SwapIns { get; init; }

    /// <summary>Pages that were read along with them.</summary>
    public long ReadAheads { get; init; }

    /// <summary>Faults on evicted pages that were in the swap cache.</summary>
    public long CacheHits { get; init; }

    /// <summary>Pages that were written to a store.</summary>
    public long Writes { get; init; }

    /// <summary>Pages that were evicted without a write, because the store had them.</summary>
    public long CleanEvictions { get; init; }

    /// <summary>Pages that were evicted without a write, because they were all zeroes.</summary>
    public long ZeroEvictions { get; init; }

    /// <summary>Pages that were dropped, because <see cref="Advice.Free"/> had freed them and nobody had written to them since.</summary>
    public long LazyFrees { get; init; }

    /// <summary>Pages that could not be read; each access to one ends in SIGBUS.</summary>
    public long FailedReads { get; init; }

    /// <summary>Pages that could not be written; they stayed in memory.</summary>
    public long FailedWrites { get; init; }

    /// <summary>Slots in use.</summary>
    public long SlotsInUse { get; init; }
}
