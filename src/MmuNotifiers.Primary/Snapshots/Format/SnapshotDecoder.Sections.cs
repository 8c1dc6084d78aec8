namespace MmuNotifiers.Primary;

/// <summary>The sections, each of which refers only to those before it.</summary>
internal sealed partial class SnapshotDecoder
{
    private const AreaFlags KnownFlags = (AreaFlags)(((int)AreaFlags.NoHugePages << 1) - 1) & ~AreaFlags.FrameMap;

    /// <summary>No page of an object has this number or a higher one.</summary>
    private const ulong EndOfObject = (MemoryObject.MaxSizeBytes >> Page.Shift) + 1;

    /// <summary>Whether the family of each number has pages, once an area named it.</summary>
    private readonly Dictionary<uint, bool> _families = [];

    private void Decode(Section section)
    {
        byte[] bytes = ReadUpTo(section.Offset, section.Length);
        CheckChecksum(bytes, section.Checksum, section.Offset, $"section {(int)section.Kind} ({section.Kind})");
        SectionReader reader = new(_file, section.Offset, bytes);
        switch (section.Kind)
        {
            case SnapshotSectionKind.Space:
                DecodeSpace(ref reader);
                break;
            case SnapshotSectionKind.SoftDirty:
                DecodeSoftDirty(ref reader, section.Count);
                break;
            case SnapshotSectionKind.Checksums:
                DecodeChecksums(ref reader, section.Count);
                break;
            default:
                DecodeEntries(ref reader, section);
                break;
        }

        if (!reader.IsAtEnd)
        {
            throw reader.Refuse($"expected the end of section {(int)section.Kind} ({section.Kind}) after {section.Count} entries");
        }
    }

    private void DecodeEntries(ref SectionReader reader, Section section)
    {
        for (int entry = 0; entry < section.Count; entry++)
        {
            switch (section.Kind)
            {
                case SnapshotSectionKind.Objects:
                    DecodeObject(ref reader);
                    break;
                case SnapshotSectionKind.Handles:
                    DecodeHandle(ref reader);
                    break;
                case SnapshotSectionKind.Areas:
                    DecodeArea(ref reader);
                    break;
                default:
                    DecodeRun(ref reader);
                    break;
            }
        }
    }

    private void DecodeSpace(ref SectionReader reader)
    {
        ulong heapStart = reader.ReadUInt64("the heap's start");
        ulong heapEnd = reader.ReadUInt64("the heap's end");
        bool hasHeap = heapStart != SnapshotFormat.NoHeap;
        reader.Expect(hasHeap ? heapStart <= heapEnd && heapEnd <= long.MaxValue : heapEnd == 0, "a heap that ends behind its start", heapEnd, sizeof(ulong));
        uint flags = reader.ReadUInt32("flags");
        reader.Expect(flags <= 3, "two flags", flags, sizeof(uint));
        uint reserved = reader.ReadUInt32("zero");
        reader.Expect(reserved == 0, "zero", reserved, sizeof(uint));
        _image.HeapStart = hasHeap ? new VirtualAddress(heapStart) : null;
        _image.HeapEnd = new VirtualAddress(heapEnd);
        _image.LocksNewMappings = (flags & 1) != 0;
        _image.TracksSoftDirty = (flags & 2) != 0;
    }

    private void DecodeObject(ref SectionReader reader)
    {
        uint kind = reader.ReadUInt32("an object's kind");
        reader.Expect(kind is 1 or 2, "shared memory (1) or a file (2)", kind, sizeof(uint));
        uint nameBytes = reader.ReadUInt32("a name's length");
        reader.Expect(
            kind == 1 ? nameBytes == 0 : nameBytes is > 0 and <= SnapshotFormat.MaxNameBytes,
            $"a name of a file only, of at most {SnapshotFormat.MaxNameBytes} bytes",
            nameBytes,
            sizeof(uint));
        ulong size = reader.ReadUInt64("an object's size");
        reader.Expect(size <= MemoryObject.MaxSizeBytes, "the size of an object", size, sizeof(ulong));
        _image.Objects.Add(new SavedObject(kind == 2, size, reader.ReadText((int)nameBytes, "a name")));
    }

    private void DecodeHandle(ref SectionReader reader)
    {
        uint target = reader.ReadUInt32("an object's number");
        reader.Expect(target < _image.Objects.Count, $"one of {_image.Objects.Count} objects", target, sizeof(uint));
        uint access = reader.ReadUInt32("rights");
        reader.Expect(access <= 7, "rights of three bits", access, sizeof(uint));
        _image.Handles.Add(new SavedHandle(target, (AccessRights)access));
    }

    private void DecodeArea(ref SectionReader reader)
    {
        AddressRange range = DecodeRange(ref reader, _image.Areas.Count > 0 ? _image.Areas[^1].Range.End : VirtualAddress.Zero);
        SavedArea area = new()
        {
            Range = range,
            PageOffset = reader.ReadUInt64("a page offset"),
            Rights = (AccessRights)reader.ReadUInt32("rights"),
            Flags = (AreaFlags)reader.ReadUInt32("flags"),
            Handle = reader.ReadUInt32("a handle"),
            Family = reader.ReadUInt32("a family"),
            Lineage = reader.ReadUInt32("a lineage"),
            HasPages = ReadBoolean(ref reader),
        };
        reader.Expect((uint)area.Rights <= 7, "rights of three bits", (uint)area.Rights, 24);
        reader.Expect((area.Flags & ~KnownFlags) == 0, "known flags", (uint)area.Flags, 20);
        CheckBacking(ref reader, in area);
        CheckFamily(ref reader, in area);
        _image.Areas.Add(area);
    }

    private void CheckBacking(ref SectionReader reader, in SavedArea area)
    {
        bool isAnonymous = area.Handle == SnapshotFormat.None;
        reader.Expect(isAnonymous ? !area.IsShared : area.Handle < _image.Handles.Count, $"one of {_image.Handles.Count} handles", area.Handle, 16);
        bool isStack = (area.Flags & AreaFlags.GrowsDown) != 0;
        bool isNonlinear = (area.Flags & AreaFlags.Nonlinear) != 0;
        reader.Expect(!(isStack && !isAnonymous) && !(isNonlinear && isAnonymous), "flags that go with the area", (uint)area.Flags, 20);
        bool isWithin = area.Range.Pages <= EndOfObject && area.PageOffset <= EndOfObject - area.Range.Pages;
        reader.Expect(isAnonymous || isWithin, "a page offset within an object", area.PageOffset, 32);
        AccessRights access = isAnonymous ? AccessRights.ReadWrite : _image.Handles[(int)area.Handle].Access;
        bool mayWrite = !area.IsShared || (area.Rights & AccessRights.Write) == 0 || (access & AccessRights.Write) != 0;
        reader.Expect(mayWrite, "no more rights than the handle has", (uint)area.Rights, 24);
    }

    private void CheckFamily(ref SectionReader reader, in SavedArea area)
    {
        bool hasFamily = area.Family != SnapshotFormat.None;
        reader.Expect(hasFamily != area.IsShared && area.Family is < int.MaxValue or SnapshotFormat.None, "a family for private memory only", area.Family, 12);
        reader.Expect(area.Lineage == SnapshotFormat.None || (hasFamily && area.HasPages && area.Lineage < int.MaxValue), "a lineage of private pages", area.Lineage, 8);
        reader.Expect(hasFamily || !area.HasPages, "private pages in private memory only", 1, 4);
        if (hasFamily)
        {
            bool isNew = _families.TryAdd(area.Family, area.HasPages);
            reader.Expect(isNew || (area.HasPages && _families[area.Family]), "a family that has pages, since two areas share it", area.Family, 12);
        }
    }

    private void DecodeRun(ref SectionReader reader)
    {
        uint owner = reader.ReadUInt32("a run's owner");
        bool isOfSpace = owner == SnapshotFormat.None;
        reader.Expect(
            isOfSpace || (owner < _image.Objects.Count && !_image.Objects[(int)owner].IsFile), "the address space or shared memory", owner, sizeof(uint));
        PageRunKind kind = (PageRunKind)reader.ReadUInt32("a run's kind");
        bool isKnown = kind == PageRunKind.Stored || (isOfSpace && kind is (PageRunKind.Guard or PageRunKind.Nonlinear));
        reader.Expect(isKnown, "a kind of page", (uint)kind, sizeof(uint));
        ulong first = reader.ReadUInt64("a run's first page");
        ulong pages = reader.ReadUInt64("a run's length");
        reader.Expect(pages is > 0 and < SnapshotFormat.EndOfPages && first < SnapshotFormat.EndOfPages, "pages of an address space or object", pages, sizeof(ulong));
        PageRun run = new(owner, kind, first, pages, reader.ReadUInt64("a run's value"));
        CheckRunValue(ref reader, in run);
        CheckRunPlace(ref reader, in run);
        _image.Runs.Add(run);
    }

    private void CheckRunValue(ref SectionReader reader, in PageRun run)
    {
        ulong end = run.Kind switch
        {
            PageRunKind.Stored => (ulong)_slots,
            PageRunKind.Nonlinear => EndOfObject,
            _ => run.Pages,
        };
        reader.Expect(run.Pages <= end && run.Value <= end - run.Pages, "slots, or pages of the object, that there are", run.Value, sizeof(ulong));
    }

    /// <summary>Runs ascend; each lies within areas that can have such pages, or within the object's size.</summary>
    private void CheckRunPlace(ref SectionReader reader, in PageRun run)
    {
        // Objects have lower numbers than "none", yet come behind the address space.
        ulong order = (ulong)(run.Owner + 1);
        if (_image.Runs.Count > 0)
        {
            PageRun last = _image.Runs[^1];
            ulong lastOrder = (ulong)(last.Owner + 1);
            reader.Expect(
                lastOrder < order || (lastOrder == order && last.EndPage <= run.FirstPage), "a run behind the one before it", run.FirstPage, 24);
        }

        if (run.Owner == SnapshotFormat.None)
        {
            reader.Expect(FitsAreas(in run), "pages within areas that can have them", run.FirstPage, 24);
        }
        else
        {
            reader.Expect(run.EndPage <= Page.Count(_image.Objects[(int)run.Owner].SizeBytes), "pages within the object", run.FirstPage, 24);
        }
    }

    private bool FitsAreas(in PageRun run)
    {
        ulong page = run.FirstPage;
        for (int index = FirstAreaEndingAbove(page); page < run.EndPage; index++)
        {
            if (index == _image.Areas.Count)
            {
                return false;
            }

            SavedArea area = _image.Areas[index];
            bool isFit = run.Kind switch
            {
                PageRunKind.Stored => !area.IsShared && area.HasPages,
                PageRunKind.Nonlinear => (area.Flags & AreaFlags.Nonlinear) != 0,
                _ => true,
            };
            if (!isFit || area.Range.Start.PageNumber > page)
            {
                return false;
            }

            page = area.Range.End.PageNumber;
        }

        return true;
    }

    private int FirstAreaEndingAbove(ulong page)
    {
        int low = 0;
        int high = _image.Areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _image.Areas[middle].Range.End.PageNumber <= page ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void DecodeSoftDirty(ref SectionReader reader, int count)
    {
        reader.Expect(count == 0 || _image.TracksSoftDirty, "no ranges, since soft-dirty was never cleared", (ulong)count, 0);
        for (int entry = 0; entry < count; entry++)
        {
            _image.SoftDirtyCleared.Add(DecodeRange(
                ref reader, entry > 0 ? _image.SoftDirtyCleared[^1].End + Page.SizeBytes : VirtualAddress.Zero));
        }
    }

    private void DecodeChecksums(ref SectionReader reader, int count)
    {
        reader.Expect(count == _slots, $"one checksum for each of {_slots} slots", (ulong)count, 0);
        _image.Checksums.Capacity = count;
        for (int slot = 0; slot < count; slot++)
        {
            _image.Checksums.Add(reader.ReadUInt32("a checksum"));
        }
    }

    private static AddressRange DecodeRange(ref SectionReader reader, VirtualAddress atLeast)
    {
        ulong start = reader.ReadUInt64("a first page");
        ulong pages = reader.ReadUInt64("a number of pages");
        bool isRange = pages > 0 && start < SnapshotFormat.EndOfPages && pages <= SnapshotFormat.EndOfPages - start;
        reader.Expect(isRange && start >= atLeast.PageNumber, "a range of pages behind the one before it", start, 16);
        return AddressRange.FromPages(VirtualAddress.OfPage(start), pages);
    }

    private static bool ReadBoolean(ref SectionReader reader)
    {
        uint value = reader.ReadUInt32("0 or 1");
        reader.Expect(value <= 1, "0 or 1", value, sizeof(uint));
        return value == 1;
    }
}
