namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>A time as strace printed it.</summary>
/// <param name="Format">What the number counts from.</param>
/// <param name="Nanoseconds">The number.</param>
internal readonly record struct StraceTime(StraceTimeFormat Format, long Nanoseconds)
{
    /// <summary>Seconds since 1970 are larger than this; a time since the line before is smaller.</summary>
    private const long EpochLeast = 100_000_000L * 1_000_000_000;

    public static bool TryParse(ReadOnlySpan<char> word, out StraceTime time)
    {
        time = default;
        var cursor = new TextCursor(word);
        if (cursor.TrySeconds(out long seconds))
        {
            time = new StraceTime(seconds >= EpochLeast ? StraceTimeFormat.Epoch : StraceTimeFormat.Relative, seconds);
            return cursor.Rest.IsEmpty;
        }

        if (!cursor.TryDecimal(out ulong hours) || !cursor.TrySkip(":") || !cursor.TryDecimal(out ulong minutes) || !cursor.TrySkip(":")
            || hours > 23 || minutes > 59)
        {
            return false;
        }

        if (!cursor.TrySeconds(out seconds))
        {
            if (!cursor.TryDecimal(out ulong whole) || whole > 60)
            {
                return false;
            }

            seconds = (long)whole * 1_000_000_000;
        }

        time = new StraceTime(StraceTimeFormat.TimeOfDay, seconds + ((long)((hours * 60) + minutes) * 60_000_000_000));
        return cursor.Rest.IsEmpty;
    }
}
