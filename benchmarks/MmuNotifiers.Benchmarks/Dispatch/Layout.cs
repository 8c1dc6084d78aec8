namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>Where the intervals of the dispatch benchmarks lie: each of four pages, one every 64 KiB.</summary>
internal static class Layout
{
    private const ulong First = 0x7f00_0000_0000;
    private const ulong Distance = 16 * Page.SizeBytes;

    internal static AddressRange Interval(int index) => AddressRange.FromPages(new VirtualAddress(First + ((ulong)index * Distance)), 4);

    /// <summary>Brackets over one page of an interval: always the same, or spread over all.</summary>
    internal static InvalidationRange[] Ranges(int intervals, bool areSpread, int count)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => new InvalidationRange(
            AddressRange.OfPage(Interval(areSpread ? random.Next(Math.Max(1, intervals)) : intervals * 2 / 3).Start), InvalidationEvent.Clear))];
    }
}
