namespace MmuNotifiers.Primary;

/// <summary>What became of the pages that were to be evicted.</summary>
/// <param name="FreedPages">Their frames are free.</param>
/// <param name="WrittenPages">How many had to be written for that, to a swap store or to a file.</param>
/// <param name="FailedPages">Could not be written: they stay in memory, and nothing is lost.</param>
/// <param name="HeldPages">
/// Stay in memory until something happens of which <see cref="Standstill"/> is told: they are pinned or locked, or would need a swap slot where there is none.
/// </param>
internal readonly record struct EvictionResult(int FreedPages, int WrittenPages, int FailedPages, int HeldPages = 0)
{
    internal EvictionResult Plus(EvictionResult other) =>
        new(FreedPages + other.FreedPages, WrittenPages + other.WrittenPages, FailedPages + other.FailedPages, HeldPages + other.HeldPages);
}
