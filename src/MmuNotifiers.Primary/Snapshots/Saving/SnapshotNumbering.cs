namespace MmuNotifiers.Primary;

/// <summary>Gives the objects, handles, families and lineages of an address space numbers, as a snapshot names them.</summary>
internal sealed class SnapshotNumbering(SnapshotImage image, SnapshotSaveOptions options)
{
    private readonly List<MemoryObject> _objects = [];
    private readonly Dictionary<object, uint> _numbers = new(ReferenceEqualityComparer.Instance);
    private uint _families;
    private uint _lineages;

    /// <summary>The objects by number.</summary>
    internal IReadOnlyList<MemoryObject> Objects => _objects;

    /// <summary>Describes an area, and its object where it is the first that maps it.</summary>
    /// <exception cref="SnapshotException">It cannot be saved.</exception>
    internal SavedArea Describe(Area area)
    {
        if (area.Has(AreaFlags.FrameMap))
        {
            throw new SnapshotException($"the area {area.Range} maps frames that belong to nobody: they cannot be saved");
        }

        return new SavedArea
        {
            Range = area.Range,
            PageOffset = area.PageOffset,
            Rights = area.Rights,
            Flags = area.Flags,
            Handle = area.Handle is { } handle ? NumberOf(handle, area) : SnapshotFormat.None,
            Family = area.IsShared ? SnapshotFormat.None : area.Family is { } family ? NumberOf(family, ref _families) : _families++,
            Lineage = area.Lineage is { } lineage ? NumberOf(lineage, ref _lineages) : SnapshotFormat.None,
            HasPages = area.HasPrivatePages,
        };
    }

    private uint NumberOf(object named, ref uint count)
    {
        if (!_numbers.TryGetValue(named, out uint number))
        {
            number = count++;
            _numbers.Add(named, number);
        }

        return number;
    }

    private uint NumberOf(ObjectHandle handle, Area area)
    {
        if (!_numbers.TryGetValue(handle, out uint number))
        {
            uint target = NumberOf(handle.Object, area);
            number = (uint)image.Handles.Count;
            image.Handles.Add(new SavedHandle(target, handle.Access));
            _numbers.Add(handle, number);
        }

        return number;
    }

    private uint NumberOf(MemoryObject target, Area area)
    {
        if (!_numbers.TryGetValue(target, out uint number))
        {
            number = (uint)_objects.Count;
            image.Objects.Add(Describe(target, area));
            _objects.Add(target);
            _numbers.Add(target, number);
        }

        return number;
    }

    private SavedObject Describe(MemoryObject target, Area area)
    {
        if (target is not FileObject file)
        {
            return options.SharedMemory == SnapshotSharedMemory.SaveAsFound
                ? new SavedObject(IsFile: false, target.SizeBytes, string.Empty)
                : throw new SnapshotException($"the area {area.Range} maps shared memory, which {nameof(SnapshotSaveOptions)}.{nameof(SnapshotSaveOptions.SharedMemory)} refuses");
        }

        string name = options.NameFile?.Invoke(file)
            ?? throw new SnapshotException($"the area {area.Range} maps a file that {nameof(SnapshotSaveOptions)}.{nameof(SnapshotSaveOptions.NameFile)} gives no name");
        int bytes = System.Text.Encoding.UTF8.GetByteCount(name);
        return bytes is > 0 and <= SnapshotFormat.MaxNameBytes
            ? new SavedObject(IsFile: true, file.SizeBytes, name)
            : throw new SnapshotException($"the name of the file that the area {area.Range} maps has {bytes} bytes; it must have 1 to {SnapshotFormat.MaxNameBytes}");
    }
}
