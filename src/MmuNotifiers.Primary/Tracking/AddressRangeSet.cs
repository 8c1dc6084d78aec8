namespace MmuNotifiers.Primary;

/// <summary>A set of addresses, kept as ranges that are disjoint, apart from each other and in ascending order. Not safe for threads.</summary>
internal sealed class AddressRangeSet
{
    private readonly List<AddressRange> _ranges = [];

    internal AddressRangeSet()
    {
    }

    /// <summary>A copy.</summary>
    internal AddressRangeSet(AddressRangeSet other) => _ranges.AddRange(other._ranges);

    /// <summary>The ranges, in ascending order.</summary>
    internal IReadOnlyList<AddressRange> Ranges => _ranges;

    /// <summary>Whether an address is in the set.</summary>
    internal bool Contains(VirtualAddress address)
    {
        int index = FirstEndingAbove(address);
        return index < _ranges.Count && _ranges[index].Contains(address);
    }

    /// <summary>Adds addresses; those that are there already stay.</summary>
    internal void Add(AddressRange range)
    {
        if (range.IsEmpty)
        {
            return;
        }

        int first = FirstEndingAbove(range.Start);
        if (first > 0 && _ranges[first - 1].End == range.Start)
        {
            first--;
        }

        int end = first;
        VirtualAddress start = range.Start;
        VirtualAddress last = range.End;
        for (; end < _ranges.Count && _ranges[end].Start <= range.End; end++)
        {
            start = _ranges[end].Start < start ? _ranges[end].Start : start;
            last = _ranges[end].End > last ? _ranges[end].End : last;
        }

        _ranges.RemoveRange(first, end - first);
        _ranges.Insert(first, new AddressRange(start, last));
    }

    /// <summary>Removes addresses; those that are not there do not matter.</summary>
    internal void Remove(AddressRange range)
    {
        if (range.IsEmpty)
        {
            return;
        }

        int first = FirstEndingAbove(range.Start);
        int end = first;
        AddressRange below = default;
        AddressRange above = default;
        for (; end < _ranges.Count && _ranges[end].Start < range.End; end++)
        {
            AddressRange held = _ranges[end];
            below = held.Start < range.Start ? new AddressRange(held.Start, range.Start) : below;
            above = held.End > range.End ? new AddressRange(range.End, held.End) : above;
        }

        _ranges.RemoveRange(first, end - first);
        if (!above.IsEmpty)
        {
            _ranges.Insert(first, above);
        }

        if (!below.IsEmpty)
        {
            _ranges.Insert(first, below);
        }
    }

    /// <summary>The index of the first range that ends above an address.</summary>
    private int FirstEndingAbove(VirtualAddress address)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ranges[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
