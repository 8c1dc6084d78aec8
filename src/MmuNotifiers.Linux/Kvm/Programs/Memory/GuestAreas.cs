namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>The areas of a program's address space, in order, without overlaps. Not safe from several threads.</summary>
internal sealed class GuestAreas
{
    /// <summary>vm.max_map_count, as Linux sets it.</summary>
    private const int Most = 65530;

    private readonly List<GuestArea> _areas = [];

    /// <summary>How many areas there are.</summary>
    public int Count => _areas.Count;

    /// <summary>Whether a split and an addition still fit.</summary>
    public bool HasRoom => _areas.Count <= Most - 2;

    /// <summary>The area of an address; null where nothing is mapped.</summary>
    public GuestArea? Find(VirtualAddress address)
    {
        int index = FirstEndingBehind(address);
        return index < _areas.Count && _areas[index].Range.Contains(address) ? _areas[index] : null;
    }

    /// <summary>The areas that share pages with a range, as far as they do.</summary>
    public List<GuestArea> Inside(AddressRange range)
    {
        List<GuestArea> found = [];
        for (int index = FirstEndingBehind(range.Start); index < _areas.Count && _areas[index].Range.Start < range.End; index++)
        {
            found.Add(_areas[index] with { Range = _areas[index].Range.Intersect(range) });
        }

        return found;
    }

    /// <summary>Whether nothing is mapped in a range.</summary>
    public bool IsFree(AddressRange range)
    {
        int index = FirstEndingBehind(range.Start);
        return index == _areas.Count || _areas[index].Range.Start >= range.End;
    }

    /// <summary>Adds an area where nothing is mapped; it grows a neighbour with the same rights.</summary>
    public void Add(GuestArea area)
    {
        int index = FirstEndingBehind(area.Range.Start);
        if (index > 0 && _areas[index - 1] is var below && below.Range.End == area.Range.Start && below.Rights == area.Rights)
        {
            _areas[index - 1] = below with { Range = below.Range.Span(area.Range) };
        }
        else
        {
            _areas.Insert(index, area);
        }
    }

    /// <summary>Takes a range out, whatever is mapped there.</summary>
    public void Remove(AddressRange range)
    {
        int index = FirstEndingBehind(range.Start);
        while (index < _areas.Count && _areas[index].Range.Start < range.End)
        {
            GuestArea area = _areas[index];
            _areas.RemoveAt(index);
            if (area.Range.Start < range.Start)
            {
                _areas.Insert(index++, area with { Range = new AddressRange(area.Range.Start, range.Start) });
            }

            if (area.Range.End > range.End)
            {
                _areas.Insert(index++, area with { Range = new AddressRange(range.End, area.Range.End) });
            }
        }
    }

    /// <summary>The highest free place for so many bytes between two addresses, with room behind it to grow if there is any; null if there is none.</summary>
    public VirtualAddress? FindGap(ulong bytes, ulong roomBytes, AddressRange within)
    {
        VirtualAddress? tight = null;
        VirtualAddress end = within.End;
        for (int index = _areas.Count - 1; index >= -1; index--)
        {
            VirtualAddress start = index < 0 || _areas[index].Range.End < within.Start ? within.Start : _areas[index].Range.End;
            ulong free = end > start ? end - start : 0;
            if (free >= bytes + roomBytes)
            {
                return end - bytes - roomBytes;
            }

            if (free >= bytes)
            {
                tight ??= end - bytes;
            }

            if (index < 0 || start == within.Start)
            {
                break;
            }

            end = _areas[index].Range.Start < end ? _areas[index].Range.Start : end;
        }

        return tight;
    }

    private int FirstEndingBehind(VirtualAddress address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].Range.End > address)
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
