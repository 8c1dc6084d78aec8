using System.Numerics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// How many pages a swap-in reads: more where those that were read along were used, fewer where they were not. One for each object and family of
/// private pages, so that who goes through pages in order is not judged by another who jumps. Hints, changed without a lock.
/// </summary>
/// <remarks>
/// As Linux does for each area (swap_vma_readahead) and, by slots as here, for each cluster (swap_cluster_readahead):
/// <code>
///   pages used since the last read     pages of this one
///   n, not 0                           n + 2, rounded up to a power of two, at least 4
///   0, a slot beside the last          2
///   0, another                         1
/// </code>
/// but at least half as many as last time, and at most what the pool's options say, as the first time.
/// </remarks>
internal sealed class ReadAheadWindow
{
    private const int LeastOfUsed = 4;

    private int _used;
    private int _pages;
    private long _lastSlot;

    /// <summary>A page that was read along is used. Under any lock.</summary>
    internal void CountUse() => Shared.Add(ref _used, 1, this);

    /// <summary>A swap-in begins.</summary>
    /// <param name="slot">The slot that is wanted.</param>
    /// <param name="most">How many pages may be read.</param>
    /// <returns>How many are to be.</returns>
    internal int Next(long slot, int most)
    {
        int used = Shared.Read(in _used, this);
        int before = Shared.Read(in _pages, this);
        bool isBeside = Math.Abs(slot - Shared.Read(in _lastSlot, this)) == 1;
        int wanted = used > 0 ? Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)used + 2), LeastOfUsed) : isBeside ? 2 : 1;
        int pages = before == 0 ? most : Math.Min(Math.Max(wanted, before / 2), most);
        Shared.Write(ref _used, 0, this);
        Shared.Write(ref _pages, pages, this);
        Shared.Write(ref _lastSlot, slot, this);
        return pages;
    }
}
