namespace MmuNotifiers.Primary;

/// <summary>What reclaim did in a pool since it was made. Each count is exact; together they are not of one moment.</summary>
public readonly record struct ReclaimStatistics
{
    /// <summary>Pages that were evicted because somebody needed a frame.</summary>
    public long DirectEvictions { get; init; }

    /// <summary>Pages that the background thread evicted.</summary>
    public long BackgroundEvictions { get; init; }

    /// <summary>Pages that were evicted because their address space passed its limit.</summary>
    public long SpaceLimitEvictions { get; init; }

    /// <summary>Ptes that were looked at for their age.</summary>
    public long Scanned { get; init; }

    /// <summary>Pages that looked old but had been used, so that they stayed.</summary>
    public long Rescued { get; init; }

    /// <summary>Walks over all page tables.</summary>
    public long Walks { get; init; }

    /// <summary>How often somebody who needed a frame had to reclaim one.</summary>
    public long DirectStalls { get; init; }

    /// <summary>How often somebody waited because every page was brought in too recently to go.</summary>
    public long ResidencyWaits { get; init; }

    /// <summary>How often the background thread was woken.</summary>
    public long BackgroundWakeups { get; init; }

    /// <summary>How often a frame was needed and none could be had.</summary>
    public long Failures { get; init; }

    /// <summary>How often an address space that the out-of-memory policy chose lost its private pages.</summary>
    public long Victims { get; init; }

    /// <summary>Pages that were taken from those.</summary>
    public long ReapedPages { get; init; }

    /// <summary>Areas of those that kept their pages, since a subscriber would have had to sleep.</summary>
    public long ReapRefusals { get; init; }

    internal ReclaimStatistics Plus(ReclaimStatistics other) => new()
    {
        DirectEvictions = DirectEvictions + other.DirectEvictions,
        BackgroundEvictions = BackgroundEvictions + other.BackgroundEvictions,
        SpaceLimitEvictions = SpaceLimitEvictions + other.SpaceLimitEvictions,
        Scanned = Scanned + other.Scanned,
        Rescued = Rescued + other.Rescued,
        Walks = Walks + other.Walks,
        DirectStalls = DirectStalls + other.DirectStalls,
        ResidencyWaits = ResidencyWaits + other.ResidencyWaits,
        BackgroundWakeups = BackgroundWakeups + other.BackgroundWakeups,
        Failures = Failures + other.Failures,
        Victims = Victims + other.Victims,
        ReapedPages = ReapedPages + other.ReapedPages,
        ReapRefusals = ReapRefusals + other.ReapRefusals,
    };
}
