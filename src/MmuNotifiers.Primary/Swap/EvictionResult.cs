namespace MmuNotifiers.Primary;

/// <summary>What became of the pages that were to be evicted.</summary>
/// <param name="FreedPages">Their frames are free.</param>
/// <param name="WrittenPages">How many had to be written for that, to a swap store or to a file.</param>
/// <param name="FailedPages">Could not be written: they stay in memory, and nothing is lost.</param>
internal readonly record struct EvictionResult(int FreedPages, int WrittenPages, int FailedPages)
{
    internal EvictionResult Plus(EvictionResult other) =>
        new(FreedPages + other.FreedPages, WrittenPages + other.WrittenPages, FailedPages + other.FailedPages);
}
