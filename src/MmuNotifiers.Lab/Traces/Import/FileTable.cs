namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Gives each file that a text names its number.</summary>
/// <param name="sizeOf">Asks for the size of a file that still exists; null where files are not to be asked.</param>
internal sealed class FileTable(Func<string, ulong?>? sizeOf)
{
    private const string DeletedSuffix = " (deleted)";

    private readonly Dictionary<(ulong Device, ulong Inode, string Path), int> _ids = [];

    /// <summary>The file's number. A file that is new is introduced in the slot.</summary>
    /// <param name="path">The name that the kernel showed.</param>
    /// <param name="device">256 * major + minor.</param>
    /// <param name="inode">The inode's number.</param>
    /// <param name="mappedEndBytes">Where in the file the mapping ends.</param>
    /// <param name="slot">The slot of the event that will name the file.</param>
    /// <param name="shownBytes">The file's size where the text shows it.</param>
    public int IdOf(string path, ulong device, ulong inode, ulong mappedEndBytes, EventSlot slot, ulong? shownBytes = null)
    {
        bool deleted = path.EndsWith(DeletedSuffix, StringComparison.Ordinal);
        string name = deleted ? path[..^DeletedSuffix.Length] : path;
        if (_ids.TryGetValue((device, inode, name), out int id))
        {
            return id;
        }

        id = _ids.Count + 1;
        _ids.Add((device, inode, name), id);
        TraceFileKind kind = KindOf(name, deleted);
        bool canBeAsked = !deleted && kind is (TraceFileKind.Regular or TraceFileKind.SharedMemory);
        ulong? size = shownBytes ?? (canBeAsked ? sizeOf?.Invoke(name) : null);
        var file = new TraceFile(id, kind, name, device, inode, size ?? mappedEndBytes, SizeIsLowerBound: size is null);
        slot.Events.Add(new FileEvent(slot.Stamp, file));
        return id;
    }

    /// <summary>What the kernel's name for a mapping tells about it; see docs/trace-format.md.</summary>
    private static TraceFileKind KindOf(string name, bool deleted) => name switch
    {
        "/dev/zero" => deleted ? TraceFileKind.SharedMemory : TraceFileKind.DevZero,
        _ when name.StartsWith("/SYSV", StringComparison.Ordinal) => TraceFileKind.SystemV,
        _ when name.StartsWith("/dev/shm/", StringComparison.Ordinal) => TraceFileKind.SharedMemory,
        _ when name.StartsWith("/memfd:", StringComparison.Ordinal) => TraceFileKind.SharedMemory,
        _ when name.StartsWith("/dev/", StringComparison.Ordinal) => TraceFileKind.Device,
        _ when name.StartsWith("anon_inode:", StringComparison.Ordinal) => TraceFileKind.Device,
        _ when name.StartsWith('/') => TraceFileKind.Regular,
        _ => TraceFileKind.Unknown,
    };
}
