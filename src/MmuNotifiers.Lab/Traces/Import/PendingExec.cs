namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>An execve, or a process met in its midst, whose areas are being collected from the kernel's MMAP2 records.</summary>
/// <param name="slot">Where the exec stands.</param>
/// <param name="program">The program's name.</param>
internal sealed class PendingExec(EventSlot slot, string program)
{
    private readonly List<InitialArea> _areas = [];

    public EventSlot Slot { get; } = slot;

    public void Settle() => Slot.Settle(new ExecEvent(Slot.Stamp, program, [.. _areas]));

    /// <summary>
    /// Adds an area. The kernel maps a program's first segment over the length of all of them, maps the others on top and unmaps what is left
    /// over; the last step has no record. So an older area ends where a newer one begins.
    /// </summary>
    public void Add(in PerfMapping mapping, FileTable files)
    {
        int fileId = mapping.IsFile ? files.IdOf(mapping.Name, mapping.Device, mapping.Inode, mapping.OffsetBytes + mapping.LengthBytes, Slot) : 0;
        for (int i = _areas.Count - 1; i >= 0; i--)
        {
            InitialArea older = _areas[i];
            VirtualAddress olderEnd = older.Start + older.LengthBytes;
            if (older.Start >= mapping.End || mapping.Start >= olderEnd)
            {
                continue;
            }

            if (older.Start >= mapping.Start)
            {
                _areas.RemoveAt(i);
            }
            else
            {
                _areas[i] = older with { LengthBytes = mapping.Start - older.Start };
            }
        }

        var area = new InitialArea(
            KindOf(mapping),
            mapping.Start,
            mapping.LengthBytes,
            mapping.Protection,
            (mapping.IsShared ? LinuxMapFlags.Shared : LinuxMapFlags.Private) | (mapping.IsStack ? LinuxMapFlags.GrowsDown : 0),
            fileId,
            mapping.IsFile ? mapping.OffsetBytes : 0);
        int place = _areas.FindIndex(other => other.Start > area.Start);
        _areas.Insert(place < 0 ? _areas.Count : place, area);
    }

    private static InitialAreaKind KindOf(in PerfMapping mapping) => mapping switch
    {
        { IsFile: true } => InitialAreaKind.FileSegment,
        { IsStack: true } => InitialAreaKind.Stack,
        { Name: "[heap]" } => InitialAreaKind.Heap,
        { Name: "[vdso]" } => InitialAreaKind.Vdso,
        { IsAnonymous: true } => InitialAreaKind.Anonymous,
        _ => InitialAreaKind.Vvar,
    };
}
