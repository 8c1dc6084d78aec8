namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// What a PERF_RECORD_MMAP2 says: <c>pid/tid: [0xstart(0xlength) @ offset maj:min inode generation]: rwxp name</c>; with build ids
/// <c>&lt;id&gt;</c> stands in place of device and inode.
/// </summary>
internal readonly struct PerfMapping
{
    public int ProcessId { get; private init; }

    public int ThreadId { get; private init; }

    public VirtualAddress Start { get; private init; }

    public ulong LengthBytes { get; private init; }

    public ulong OffsetBytes { get; private init; }

    public ulong Device { get; private init; }

    public ulong Inode { get; private init; }

    public LinuxProtection Protection { get; private init; }

    public bool IsShared { get; private init; }

    public string Name { get; private init; }

    public VirtualAddress End => Start + LengthBytes;

    /// <summary>True for memory that no file and no special name stands behind.</summary>
    public bool IsAnonymous => Name is "//anon" or "[heap]" || Name.StartsWith("[anon", StringComparison.Ordinal);

    public bool IsStack => Name.StartsWith("[stack", StringComparison.Ordinal);

    public bool IsFile => !IsAnonymous && !Name.StartsWith('[');

    public AddressRange Range => new(Start, End);

    public static bool TryParse(ReadOnlySpan<char> details, out PerfMapping mapping)
    {
        mapping = default;
        var cursor = new TextCursor(details);
        if (!cursor.TryInt32(out int processId) || !cursor.TrySkip("/") || !cursor.TryInt32(out int threadId) || !cursor.TrySkip(": [0x")
            || !cursor.TryHexDigits(out ulong start) || !cursor.TrySkip("(0x") || !cursor.TryHexDigits(out ulong length)
            || !cursor.TrySkip(") @ ") || !cursor.TryNumber(out ulong offset))
        {
            return false;
        }

        ulong device = 0;
        ulong inode = 0;
        TextCursor identity = cursor;
        if (identity.TrySkip(" ") && identity.TryHexDigits(out ulong major) && identity.TrySkip(":") && identity.TryHexDigits(out ulong minor)
            && identity.TrySkip(" ") && identity.TryDecimal(out inode))
        {
            device = (major << 8) + minor;
        }

        if (!cursor.TryTakeUntil("]: ", out _) || length > ulong.MaxValue - start || length == 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = cursor.Rest;
        int space = rest.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rights = rest[..space];
        mapping = new PerfMapping
        {
            ProcessId = processId,
            ThreadId = threadId,
            Start = new VirtualAddress(start),
            LengthBytes = length,
            OffsetBytes = offset,
            Device = device,
            Inode = inode,
            Protection = RightsOf(rights),
            IsShared = rights.EndsWith("s"),
            Name = rest[(space + 1)..].ToString(),
        };
        return true;
    }

    private static LinuxProtection RightsOf(ReadOnlySpan<char> rights) =>
        (rights.Contains('r') ? LinuxProtection.Read : 0)
        | (rights.Contains('w') ? LinuxProtection.Write : 0)
        | (rights.Contains('x') ? LinuxProtection.Execute : 0);
}
