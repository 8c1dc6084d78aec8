using System.Globalization;

namespace MmuNotifiers.Linux.Witnesses;

/// <summary>The mappings of a process with what the kernel counts of each (/proc/PID/smaps).</summary>
public static class MemoryMaps
{
    /// <summary>
    /// The mappings that overlap a range, ascending. Their figures are of the whole mappings, also where these reach beyond the range: the kernel counts no
    /// finer.
    /// </summary>
    /// <param name="range">Where to look.</param>
    /// <param name="processId">Whose; null for this process.</param>
    /// <exception cref="IOException">There is no such process.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not look at it.</exception>
    public static IReadOnlyList<MemoryMap> Read(AddressRange range, int? processId = null)
    {
        string owner = processId?.ToString(CultureInfo.InvariantCulture) ?? "self";
        using StreamReader text = new($"/proc/{owner}/smaps");
        return [.. Parse(text).Where(map => map.Range.Overlaps(range))];
    }

    /// <summary>Reads the text of smaps. Keys that are not known are passed over; a line that is no such text ends the mapping before it.</summary>
    internal static IEnumerable<MemoryMap> Parse(TextReader text)
    {
        MemoryMap? map = null;
        while (text.ReadLine() is { } line)
        {
            if (TryParseHead(line) is { } next)
            {
                if (map is not null)
                {
                    yield return map;
                }

                map = next;
            }
            else if (map is not null)
            {
                map = Read(map, line);
            }
        }

        if (map is not null)
        {
            yield return map;
        }
    }

    /// <summary><c>START-END RIGHTS OFFSET DEVICE INODE   PATH</c>.</summary>
    private static MemoryMap? TryParseHead(string line)
    {
        const int Fields = 6;
        string[] fields = line.Split(' ', Fields, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int dash = fields.Length < Fields - 1 ? -1 : fields[0].IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryHex(fields[0].AsSpan(0, dash), out ulong start) && TryHex(fields[0].AsSpan(dash + 1), out ulong end) && start < end
            ? new MemoryMap(new AddressRange(new VirtualAddress(start), new VirtualAddress(end)), fields[1], fields.Length == Fields ? fields[Fields - 1] : string.Empty)
            : null;
    }

    private static MemoryMap Read(MemoryMap map, string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !TryBytes(line.AsSpan(colon + 1), out long bytes))
        {
            return map;
        }

        return line[..colon] switch
        {
            "Rss" => map with { ResidentBytes = bytes },
            "Swap" => map with { SwappedBytes = bytes },
            "Referenced" => map with { ReferencedBytes = bytes },
            "Anonymous" => map with { AnonymousBytes = bytes },
            "Private_Dirty" => map with { PrivateDirtyBytes = bytes },
            "Locked" => map with { LockedBytes = bytes },
            "AnonHugePages" => map with { HugeBytes = bytes },
            _ => map,
        };
    }

    private static bool TryBytes(ReadOnlySpan<char> text, out long bytes)
    {
        const string Unit = " kB";
        bytes = 0;
        if (!text.EndsWith(Unit, StringComparison.Ordinal)
            || !long.TryParse(text[..^Unit.Length], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out long kibibytes)
            || kibibytes > long.MaxValue >> 10)
        {
            return false;
        }

        bytes = kibibytes << 10;
        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
