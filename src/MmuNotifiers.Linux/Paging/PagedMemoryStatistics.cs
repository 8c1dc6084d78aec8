namespace MmuNotifiers.Linux;

/// <summary>What a <see cref="PagedMemory"/> counted since it was made. Pages unless said otherwise; taken at one moment.</summary>
public readonly record struct PagedMemoryStatistics
{
    /// <summary>How many pages have a frame, those on their way included.</summary>
    public long ResidentPages { get; init; }

    /// <summary>Faults on pages that were not there and were brought in.</summary>
    public long MissingFaults { get; init; }

    /// <summary>Stores to pages that were write-protected because the store had the same bytes, or to see that they were written.</summary>
    public long ProtectFaults { get; init; }

    /// <summary>Messages for faults that had been served already; a signal makes a thread fault again.</summary>
    public long DuplicateFaults { get; init; }

    /// <summary>Faults on pages that another thread had on their way.</summary>
    public long DeferredFaults { get; init; }

    /// <summary>Faults that found no frame, and were tried again later.</summary>
    public long StarvedFaults { get; init; }

    /// <summary>Pages that came as zeroes.</summary>
    public long ZeroFills { get; init; }

    /// <summary>Pages that came back from the store because somebody waited for them: refaults.</summary>
    public long SwapIns { get; init; }

    /// <summary>Pages that came from the store beside them.</summary>
    public long ReadAheads { get; init; }

    /// <summary>Pages that went.</summary>
    public long Evictions { get; init; }

    /// <summary>Of these, those that the store had already.</summary>
    public long CleanEvictions { get; init; }

    /// <summary>Of these, those that were all zeroes.</summary>
    public long ZeroEvictions { get; init; }

    /// <summary>Pages that were wanted again before they were gone, and so stayed.</summary>
    public long WantedEvictions { get; init; }

    /// <summary>Pages that were written to the store.</summary>
    public long Writes { get; init; }

    /// <summary>Pages that the store did not take.</summary>
    public long FailedWrites { get; init; }

    /// <summary>Pages that the store did not give.</summary>
    public long FailedReads { get; init; }

    /// <summary>The time from a message to the end of its handling that half of the faults did not exceed, to an eighth.</summary>
    public TimeSpan HandlingMedian { get; init; }

    /// <summary>The same for 99 of 100 faults.</summary>
    public TimeSpan Handling99 { get; init; }
}
