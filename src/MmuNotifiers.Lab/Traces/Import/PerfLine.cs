namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>One line of <c>perf script</c>: <c>comm pid/tid [cpu] seconds: event: details</c>.</summary>
internal readonly ref struct PerfLine
{
    /// <summary>The time ends before this column: command and numbers are short.</summary>
    private const int StampLimitChars = 256;

    private PerfLine(ReadOnlySpan<char> command, int? processId, int threadId, long nanoseconds, ReadOnlySpan<char> name, ReadOnlySpan<char> details)
    {
        Command = command;
        ProcessId = processId;
        ThreadId = threadId;
        Nanoseconds = nanoseconds;
        Event = name;
        Details = details;
    }

    public ReadOnlySpan<char> Command { get; }

    /// <summary>The process, or null where the text shows the thread only (no <c>-F pid</c>).</summary>
    public int? ProcessId { get; }

    public int ThreadId { get; }

    public long Nanoseconds { get; }

    /// <summary>The event's name, for records of perf itself <c>PERF_RECORD_...</c>; empty if the line shows it in another place.</summary>
    public ReadOnlySpan<char> Event { get; }

    public ReadOnlySpan<char> Details { get; }

    /// <summary>Takes a line apart. The command may hold spaces and digits: the last place that fits the rest of the pattern counts.</summary>
    public static bool TryParse(ReadOnlySpan<char> line, out PerfLine parsed)
    {
        parsed = default;
        for (int at = line.IndexOf(':'); at is > 0 and < StampLimitChars;)
        {
            if (TryParseStamp(line[..at], out ReadOnlySpan<char> command, out int? processId, out int threadId, out long nanoseconds))
            {
                ReadOnlySpan<char> rest = line[(at + 1)..].TrimStart(' ');
                int end = EndOfName(rest);
                ReadOnlySpan<char> details = end < rest.Length && rest[end] == ':' ? rest[(end + 1)..] : rest[end..];
                parsed = new PerfLine(command, processId, threadId, nanoseconds, rest[..end], details.Trim(' '));
                return true;
            }

            int next = line[(at + 1)..].IndexOf(':');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    /// <summary>Parses <c>comm pid/tid [cpu] seconds</c> from its end.</summary>
    private static bool TryParseStamp(
        ReadOnlySpan<char> head, out ReadOnlySpan<char> command, out int? processId, out int threadId, out long nanoseconds)
    {
        command = [];
        processId = null;
        threadId = 0;
        nanoseconds = 0;
        ReadOnlySpan<char> rest = head.TrimEnd(' ');
        if (!TakeWord(ref rest, out ReadOnlySpan<char> time) || !IsSeconds(time, out nanoseconds) || !TakeWord(ref rest, out ReadOnlySpan<char> word))
        {
            return false;
        }

        if (word.StartsWith("[") && word.EndsWith("]") && !TakeWord(ref rest, out word))
        {
            return false;
        }

        var ids = new TextCursor(word);
        if (!ids.TryInt32(out threadId))
        {
            return false;
        }

        if (ids.TrySkip("/"))
        {
            processId = threadId;
            if (!ids.TryInt32(out threadId))
            {
                return false;
            }
        }

        command = rest.Trim(' ');
        return ids.Rest.IsEmpty;
    }

    private static bool IsSeconds(ReadOnlySpan<char> word, out long nanoseconds)
    {
        var cursor = new TextCursor(word);
        return cursor.TrySeconds(out nanoseconds) && cursor.Rest.IsEmpty;
    }

    private static bool TakeWord(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> word)
    {
        rest = rest.TrimEnd(' ');
        int at = rest.LastIndexOf(' ');
        word = rest[(at + 1)..];
        rest = rest[..(at + 1)];
        return !word.IsEmpty;
    }

    /// <summary>The name ends at its last colon before a space (group:name:) or, for a record of perf, at the first space or colon.</summary>
    private static int EndOfName(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("PERF_RECORD_"))
        {
            int stop = rest.IndexOfAny(" :(");
            return stop < 0 ? rest.Length : stop;
        }

        int space = rest.IndexOf(' ');
        ReadOnlySpan<char> word = space < 0 ? rest : rest[..space];
        return word.EndsWith(":") ? word.Length - 1 : 0;
    }
}
