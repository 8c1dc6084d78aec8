namespace MmuNotifiers.Lab.Replacement;

/// <summary>How often pages came back under three policies, over the same accesses and with as many frames.</summary>
/// <param name="Frames">How many pages fit.</param>
/// <param name="PeakPercent">That, in percent of the pages that the recording has at most at one time.</param>
/// <param name="Optimum">Refaults of Belady's optimum.</param>
/// <param name="LeastRecentlyUsed">Refaults of exact LRU.</param>
/// <param name="Reclaim">Refaults of the policy of reclaim.</param>
public sealed record RefaultCounts(int Frames, double PeakPercent, long Optimum, long LeastRecentlyUsed, long Reclaim)
{
    /// <summary>How many times the optimum's refaults exact LRU has; null where the optimum has none.</summary>
    public double? LeastRecentlyUsedRatio => Ratio(LeastRecentlyUsed);

    /// <summary>How many times the optimum's refaults reclaim has; null where the optimum has none.</summary>
    public double? ReclaimRatio => Ratio(Reclaim);

    /// <summary>Counts.</summary>
    /// <param name="references">The accesses.</param>
    /// <param name="frames">How many pages fit, at least one.</param>
    public static RefaultCounts Of(PageReferences references, int frames)
    {
        ArgumentNullException.ThrowIfNull(references);
        return new RefaultCounts(
            frames,
            100.0 * frames / Math.Max(references.PeakPages, 1),
            BeladyOptimum.Refaults(references, frames),
            Replacement.LeastRecentlyUsed.Refaults(references, frames),
            ReclaimPolicy.Refaults(references, frames));
    }

    private double? Ratio(long refaults) => Optimum == 0 ? null : (double)refaults / Optimum;
}
