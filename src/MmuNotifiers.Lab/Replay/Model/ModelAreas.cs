namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>The areas of one address space as a sorted list: slow where the primary is fast, and simple enough to be believed.</summary>
internal sealed class ModelAreas
{
    private readonly List<ModelArea> _areas;

    public ModelAreas() => _areas = [];

    private ModelAreas(List<ModelArea> areas) => _areas = areas;

    /// <summary>The area that contains an address, or null.</summary>
    public ModelArea? Find(VirtualAddress address)
    {
        int index = FirstEndingAfter(address);
        return index < _areas.Count && _areas[index].Range.Contains(address) ? _areas[index] : null;
    }

    /// <summary>The first area that starts above an address, or null.</summary>
    public ModelArea? FindAbove(VirtualAddress address)
    {
        int index = FirstEndingAfter(address);
        while (index < _areas.Count && _areas[index].Range.Start <= address)
        {
            index++;
        }

        return index < _areas.Count ? _areas[index] : null;
    }

    /// <summary>The parts of areas that lie in a range, by rising address.</summary>
    public List<ModelArea> In(AddressRange range)
    {
        List<ModelArea> found = [];
        for (int i = FirstEndingAfter(range.Start); i < _areas.Count && _areas[i].Range.Start < range.End; i++)
        {
            found.Add(_areas[i].Slice(_areas[i].Range.Intersect(range)));
        }

        return found;
    }

    /// <summary>Every area.</summary>
    public IReadOnlyList<ModelArea> All => _areas;

    /// <summary>Puts an area in the place of whatever its range contains.</summary>
    public void Put(ModelArea area) => _areas.Insert(Carve(area.Range), area);

    /// <summary>Empties a range.</summary>
    public void Remove(AddressRange range) => Carve(range);

    /// <summary>Replaces the parts of areas that lie in a range.</summary>
    public void Change(AddressRange range, Func<ModelArea, ModelArea> change)
    {
        foreach (ModelArea part in In(range))
        {
            Put(change(part));
        }
    }

    /// <summary>The areas that a child gets.</summary>
    public ModelAreas Fork() => new([.. _areas.Where(area => (area.Traits & ModelAreaTraits.DontFork) == 0)]);

    private int Carve(AddressRange range)
    {
        int first = FirstEndingAfter(range.Start);
        int end = first;
        while (end < _areas.Count && _areas[end].Range.Start < range.End)
        {
            end++;
        }

        if (first == end || range.IsEmpty)
        {
            return first;
        }

        ModelArea head = _areas[first];
        ModelArea tail = _areas[end - 1];
        _areas.RemoveRange(first, end - first);
        if (tail.Range.End > range.End)
        {
            _areas.Insert(first, tail.Slice(new AddressRange(range.End, tail.Range.End)));
        }

        if (head.Range.Start < range.Start)
        {
            _areas.Insert(first++, head.Slice(new AddressRange(head.Range.Start, range.Start)));
        }

        return first;
    }

    private int FirstEndingAfter(VirtualAddress address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
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
