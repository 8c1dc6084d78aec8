using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Makes up the areas that the program began with, from what was accessed outside everything that calls had mapped by then. Pages
/// from which instructions were fetched and pages of data make areas of their own; of data, what was never written is taken to be read only; the highest
/// area of data is the stack; what was never written is taken to be of the program's file.
/// </summary>
internal sealed class LackeyAreas
{
    /// <summary>Pages of one sort with at most so many untouched ones between make one area.</summary>
    private const ulong GapPages = 256;

    private readonly SortedDictionary<ulong, PageAccessKinds> _unexplained = [];

    /// <summary>Pages that a call mapped, as far as they were looked up since the last call.</summary>
    private readonly HashSet<ulong> _explained = [];

    /// <summary>What calls mapped, sorted, without overlaps.</summary>
    private readonly List<AddressRange> _mapped = [];
    private VirtualAddress? _heapStart;
    private VirtualAddress _heapEnd;

    /// <summary>The length of the program's file as made up, in bytes: its areas one behind the other.</summary>
    public ulong FileBytes { get; private set; }

    /// <summary>Whether nothing was made up.</summary>
    public bool IsEmpty => _unexplained.Count == 0;

    /// <summary>A page is accessed.</summary>
    public void Access(in PageAccess access)
    {
        ulong page = access.Address.PageNumber;
        if (_explained.Contains(page))
        {
            return;
        }

        if (_unexplained.TryGetValue(page, out PageAccessKinds kinds))
        {
            if ((kinds | access.Kinds) != kinds)
            {
                _unexplained[page] = kinds | access.Kinds;
            }
        }
        else if (IsMapped(access.Address))
        {
            _explained.Add(page);
        }
        else
        {
            _unexplained.Add(page, access.Kinds);
        }
    }

    /// <summary>A call was performed.</summary>
    public void Follow(SystemCallEvent call)
    {
        if (call.Failed)
        {
            return;
        }

        switch (call)
        {
            case MapCall map:
                Add(RangeOf((ulong)map.Result, map.LengthBytes));
                break;
            case AttachSharedCall attach:
                Add(RangeOf((ulong)attach.Result, attach.LengthBytes));
                break;
            case UnmapCall unmap:
                Remove(RangeOf(unmap.Address.Value, unmap.LengthBytes));
                break;
            case RemapCall remap:
                Remove(RangeOf(remap.OldAddress.Value, remap.OldLengthBytes));
                Add(RangeOf((ulong)remap.Result, remap.NewLengthBytes));
                break;
            case BreakCall move:
                MoveBreak(new VirtualAddress((ulong)move.Result));
                break;
        }
    }

    /// <summary>The areas.</summary>
    /// <param name="fileId">The program's file.</param>
    public ImmutableArray<InitialArea> Build(int fileId)
    {
        ImmutableArray<InitialArea>.Builder areas = ImmutableArray.CreateBuilder<InitialArea>();
        FileBytes = 0;
        ulong start = 0;
        ulong end = 0;
        PageAccessKinds kinds = PageAccessKinds.None;
        foreach ((ulong page, PageAccessKinds pageKinds) in _unexplained)
        {
            bool continues = end != 0 && page - end <= GapPages && IsCode(kinds) == IsCode(pageKinds);
            if (!continues && end != 0)
            {
                areas.Add(AreaOf(start, end, kinds, fileId));
            }

            start = continues ? start : page;
            kinds = continues ? kinds | pageKinds : pageKinds;
            end = page + 1;
        }

        if (end != 0)
        {
            areas.Add(IsCode(kinds) || areas.Count == 0 ? AreaOf(start, end, kinds, fileId) : StackOf(start, end));
        }

        return areas.ToImmutable();
    }

    private InitialArea AreaOf(ulong start, ulong end, PageAccessKinds kinds, int fileId)
    {
        LinuxProtection protection = LinuxProtection.Read
            | ((kinds & PageAccessKinds.Write) != 0 ? LinuxProtection.Write : LinuxProtection.None)
            | (IsCode(kinds) ? LinuxProtection.Execute : LinuxProtection.None);
        ulong bytes = (end - start) << Page.Shift;
        if ((kinds & PageAccessKinds.Write) != 0)
        {
            return new InitialArea(InitialAreaKind.Anonymous, VirtualAddress.OfPage(start), bytes, protection, LinuxMapFlags.Private, 0, 0);
        }

        ulong offset = FileBytes;
        FileBytes += bytes;
        return new InitialArea(InitialAreaKind.FileSegment, VirtualAddress.OfPage(start), bytes, protection, LinuxMapFlags.Private, fileId, offset);
    }

    private static InitialArea StackOf(ulong start, ulong end) => new(
        InitialAreaKind.Stack,
        VirtualAddress.OfPage(start),
        (end - start) << Page.Shift,
        LinuxProtection.Read | LinuxProtection.Write,
        LinuxMapFlags.Private | LinuxMapFlags.GrowsDown,
        0,
        0);

    private static bool IsCode(PageAccessKinds kinds) => (kinds & PageAccessKinds.Execute) != 0;

    private bool IsMapped(VirtualAddress address)
    {
        int low = 0;
        int high = _mapped.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_mapped[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _mapped.Count && _mapped[low].Contains(address);
    }

    private void MoveBreak(VirtualAddress end)
    {
        if (_heapStart is not { } start)
        {
            _heapStart = end;
            _heapEnd = end;
            return;
        }

        Remove(RangeOf(start.Value, _heapEnd.Value - start.Value));
        _heapEnd = end < start ? start : end;
        Add(RangeOf(start.Value, _heapEnd.Value - start.Value));
    }

    private void Add(AddressRange range)
    {
        Remove(range);
        if (!range.IsEmpty)
        {
            int at = _mapped.FindIndex(other => other.Start > range.Start);
            _mapped.Insert(at < 0 ? _mapped.Count : at, range);
        }
    }

    private void Remove(AddressRange range)
    {
        _explained.Clear();
        for (int i = _mapped.Count - 1; i >= 0; i--)
        {
            AddressRange other = _mapped[i];
            if (!other.Overlaps(range))
            {
                continue;
            }

            _mapped.RemoveAt(i);
            if (range.End < other.End)
            {
                _mapped.Insert(i, new AddressRange(range.End, other.End));
            }

            if (other.Start < range.Start)
            {
                _mapped.Insert(i, new AddressRange(other.Start, range.Start));
            }
        }
    }

    private static AddressRange RangeOf(ulong start, ulong lengthBytes)
    {
        ulong end = start + lengthBytes < start ? ulong.MaxValue : start + lengthBytes;
        return new AddressRange(new VirtualAddress(start), new VirtualAddress(end)).AlignOutward();
    }
}
