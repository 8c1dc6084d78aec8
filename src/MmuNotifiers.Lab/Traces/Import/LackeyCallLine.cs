namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// A line that valgrind prints with <c>--trace-syscalls=yes</c>: a call, <c>SYSCALL[PID,TID](NUMBER) sys_NAME ( ARGUMENTS ) --> Success(0x0)</c>; one whose
/// result comes later, which ends in <c>[async] ...</c>; or that result.
/// </summary>
internal readonly ref struct LackeyCallLine
{
    private const string Start = "SYSCALL[";
    private const string NamePrefix = "sys_";

    private LackeyCallLine(int processId, int threadId, ReadOnlySpan<char> name, ReadOnlySpan<char> arguments, long? result)
    {
        ProcessId = processId;
        ThreadId = threadId;
        Name = name;
        Arguments = arguments;
        Result = result;
    }

    public int ProcessId { get; }

    /// <summary>Valgrind's own number of the thread, from 1.</summary>
    public int ThreadId { get; }

    /// <summary>The call's name without the <c>sys_</c> that most have; empty for the result of an earlier call of the thread.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>What stands between the parentheses.</summary>
    public ReadOnlySpan<char> Arguments { get; }

    /// <summary>The kernel's answer, a negative errno for a refusal; null if it is not in the line.</summary>
    public long? Result { get; }

    /// <summary>Whether a line is one of these, well-formed or not.</summary>
    public static bool Begins(ReadOnlySpan<char> text) => text.StartsWith(Start, StringComparison.Ordinal);

    /// <summary>Reads a line.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LackeyCallLine line)
    {
        line = default;
        TextCursor cursor = new(text);
        if (!cursor.TrySkip(Start) || !cursor.TryInt32(out int processId) || !cursor.TrySkip(",") || !cursor.TryInt32(out int threadId)
            || !cursor.TrySkip("](") || !cursor.TryInt32(out _) || !cursor.TrySkip(")"))
        {
            return false;
        }

        cursor.SkipSpaces();
        long? result = ResultOf(cursor.Rest, out int before);
        ReadOnlySpan<char> call = cursor.Rest[..before];
        if (call.StartsWith("...", StringComparison.Ordinal))
        {
            line = new LackeyCallLine(processId, threadId, [], [], result);
            return true;
        }

        int open = call.IndexOf('(');
        int close = call.LastIndexOf(')');
        if (open <= 0 || close < open)
        {
            return false;
        }

        ReadOnlySpan<char> name = call.StartsWith(NamePrefix, StringComparison.Ordinal) ? call[NamePrefix.Length..open] : call[..open];
        line = new LackeyCallLine(processId, threadId, name.Trim(), call[(open + 1)..close].Trim(), result);
        return true;
    }

    /// <summary>Finds <c>Success(0xN)</c> or <c>Failure(0xN)</c>.</summary>
    /// <param name="text">The line from the call on.</param>
    /// <param name="before">Where the part with the result begins.</param>
    public static long? ResultOf(ReadOnlySpan<char> text, out int before)
    {
        before = text.LastIndexOf("-->", StringComparison.Ordinal);
        ReadOnlySpan<char> shown = before < 0 ? [] : text[before..];
        before = before < 0 ? text.Length : before;
        foreach (string word in (ReadOnlySpan<string>)["Success(", "Failure("])
        {
            int at = shown.IndexOf(word, StringComparison.Ordinal);
            TextCursor cursor = new(at < 0 ? [] : shown[(at + word.Length)..]);
            if (cursor.TryNumber(out ulong value))
            {
                return word[0] == 'S' ? (long)value : -(long)Math.Min(value, 4095);
            }
        }

        return null;
    }
}
