namespace MmuNotifiers.Secondary.Registration;

/// <summary>The listed regions in the order of their addresses; no two overlap. Guarded by the cache's lock.</summary>
internal sealed class RegionList
{
    private readonly List<RegisteredRegion> _regions = [];

    internal int Count => _regions.Count;

    internal RegisteredRegion this[int index] => _regions[index];

    /// <summary>The index of the first region that ends behind the start of a range: if any overlaps the range, this one does.</summary>
    internal int FirstOverlapping(AddressRange range) => FirstEndingBehind(range.Start);

    internal void Add(RegisteredRegion region) => _regions.Insert(FirstEndingBehind(region.Range.Start), region);

    internal void Remove(RegisteredRegion region) => _regions.RemoveAt(FirstEndingBehind(region.Range.Start));

    private int FirstEndingBehind(VirtualAddress address)
    {
        int low = 0;
        int high = _regions.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_regions[middle].Range.End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
