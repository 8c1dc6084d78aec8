namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="FaultInjectingSwapStore"/> does wrong, and how often: rates are parts of all transfers, from 0 to 1.</summary>
public sealed record SwapFaultOptions
{
    /// <summary>Which faults happen is a function of this, the slot, and how often the slot was transferred before: the same in each run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Reads that end as <see cref="SwapOutcome.IoError"/>; the page is still there for the next.</summary>
    public double FailedReads { get; init; }

    /// <summary>Reads that end as <see cref="SwapOutcome.Unavailable"/>; the page is still there for the next.</summary>
    public double UnavailableReads { get; init; }

    /// <summary>Writes that end as <see cref="SwapOutcome.IoError"/>, having changed half of what the slot held.</summary>
    public double FailedWrites { get; init; }

    /// <summary>Writes that end as <see cref="SwapOutcome.NoSpace"/>.</summary>
    public double FullWrites { get; init; }

    /// <summary>Writes that end well and stored half a page: every later read of the slot finds it <see cref="SwapOutcome.Corrupt"/>.</summary>
    public double TornWrites { get; init; }

    /// <summary>Writes that end well and stored nothing: every later read of the slot finds it <see cref="SwapOutcome.Lost"/>.</summary>
    public double LostWrites { get; init; }

    /// <summary>Batches that take longer, by <see cref="Delay"/>, and complete on another thread than the caller's.</summary>
    public double SlowTransfers { get; init; }

    /// <summary>How long a slow batch takes more.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(1);
}
