using System.Buffers;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// One line of <c>strace -f</c>: <c>[pid N] TIME CALL(ARGUMENTS) = RESULT</c>. Thread and time are optional; the thread comes as <c>[pid N]</c> or, from
/// <c>strace -o</c>, as a bare number.
/// </summary>
internal readonly ref struct StraceLine
{
    private const string UnfinishedMark = "<unfinished ...>";

    /// <summary>The thread, or null where the line does not show one.</summary>
    public int? ThreadId { get; private init; }

    /// <summary>The time, by its format; null without -t, -tt, -ttt or -r.</summary>
    public StraceTime? Time { get; private init; }

    public StraceLineKind Kind { get; private init; }

    public ReadOnlySpan<char> Call { get; private init; }

    /// <summary>For a call everything between the parentheses; for an unfinished or resumed one its part.</summary>
    public ReadOnlySpan<char> Arguments { get; private init; }

    /// <summary>What stands behind the equals sign.</summary>
    public ReadOnlySpan<char> Result { get; private init; }

    public static bool TryParse(ReadOnlySpan<char> line, out StraceLine parsed)
    {
        var cursor = new TextCursor(line);
        cursor.SkipSpaces();
        int? thread = TakeThread(ref cursor);
        StraceTime? time = TakeTime(ref cursor);
        ReadOnlySpan<char> rest = cursor.Rest.TrimEnd(' ');
        parsed = new StraceLine { ThreadId = thread, Time = time, Kind = StraceLineKind.Other };
        if (rest.StartsWith("+++"))
        {
            bool ended = rest.StartsWith("+++ exited with") || rest.StartsWith("+++ killed by");
            parsed = new StraceLine { ThreadId = thread, Time = time, Kind = ended ? StraceLineKind.Exit : StraceLineKind.Other };
            return true;
        }

        if (rest.StartsWith("---") || rest.StartsWith("strace: "))
        {
            return true;
        }

        return rest.StartsWith("<... ") ? TryParseResumed(thread, time, rest, out parsed) : TryParseCall(thread, time, rest, out parsed);
    }

    private static int? TakeThread(ref TextCursor cursor)
    {
        TextCursor ahead = cursor;
        if (ahead.TrySkip("[pid"))
        {
            ahead.SkipSpaces();
            if (ahead.TryInt32(out int bracketed) && ahead.TrySkip("]"))
            {
                ahead.SkipSpaces();
                cursor = ahead;
                return bracketed;
            }

            return null;
        }

        if (ahead.TryInt32(out int number) && ahead.Rest.StartsWith(" ") && number > 0)
        {
            ahead.SkipSpaces();
            cursor = ahead;
            return number;
        }

        return null;
    }

    private static StraceTime? TakeTime(ref TextCursor cursor)
    {
        int space = cursor.Rest.IndexOf(' ');
        if (space <= 0 || !StraceTime.TryParse(cursor.Rest[..space], out StraceTime time))
        {
            return null;
        }

        cursor.TrySkip(cursor.Rest[..space]);
        cursor.SkipSpaces();
        return time;
    }

    private static bool TryParseResumed(int? thread, StraceTime? time, ReadOnlySpan<char> rest, out StraceLine parsed)
    {
        var cursor = new TextCursor(rest);
        cursor.TrySkip("<... ");
        parsed = default;
        if (!cursor.TryTakeUntil(" resumed>", out ReadOnlySpan<char> name)
            || !SplitResult(cursor.Rest, out ReadOnlySpan<char> tail, out ReadOnlySpan<char> result))
        {
            return false;
        }

        parsed = new StraceLine { ThreadId = thread, Time = time, Kind = StraceLineKind.Resumed, Call = name, Arguments = tail, Result = result };
        return true;
    }

    private static bool TryParseCall(int? thread, StraceTime? time, ReadOnlySpan<char> rest, out StraceLine parsed)
    {
        parsed = default;
        int open = rest.IndexOf('(');
        if (open <= 0 || rest[..open].ContainsAnyExcept(NameCharacters))
        {
            return false;
        }

        ReadOnlySpan<char> name = rest[..open];
        ReadOnlySpan<char> tail = rest[(open + 1)..];
        if (tail.EndsWith(UnfinishedMark))
        {
            parsed = new StraceLine
            {
                ThreadId = thread, Time = time, Kind = StraceLineKind.Unfinished, Call = name, Arguments = tail[..^UnfinishedMark.Length].TrimEnd(' '),
            };
            return true;
        }

        if (!SplitResult(tail, out ReadOnlySpan<char> arguments, out ReadOnlySpan<char> result))
        {
            return false;
        }

        parsed = new StraceLine { ThreadId = thread, Time = time, Kind = StraceLineKind.Call, Call = name, Arguments = arguments, Result = result };
        return true;
    }

    /// <summary>Splits at the last parenthesis that an equals sign follows; -T adds a duration behind the result.</summary>
    private static bool SplitResult(ReadOnlySpan<char> tail, out ReadOnlySpan<char> arguments, out ReadOnlySpan<char> result)
    {
        arguments = [];
        result = [];
        int equals = tail.LastIndexOf(" = ");
        if (equals < 0)
        {
            return false;
        }

        ReadOnlySpan<char> before = tail[..equals].TrimEnd(' ');
        if (!before.EndsWith(")"))
        {
            return false;
        }

        arguments = before[..^1];
        result = tail[(equals + 3)..].Trim(' ');
        return true;
    }

    private static SearchValues<char> NameCharacters { get; } =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");
}
