namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Turns the times of strace into nanoseconds since the first line. Without times each line is a microsecond after the one before.</summary>
internal sealed class StraceClock
{
    private const long DayNanoseconds = 86_400L * 1_000_000_000;
    private const long LineNanoseconds = 1000;

    private long? _last;
    private long _now;

    public long Advance(StraceTime? time)
    {
        long elapsed = time switch
        {
            null => LineNanoseconds,
            { Format: StraceTimeFormat.Relative } relative => relative.Nanoseconds,
            { } absolute => SinceLast(absolute),
        };
        _now = elapsed > long.MaxValue - _now ? long.MaxValue : _now + elapsed;
        return _now;
    }

    private long SinceLast(StraceTime time)
    {
        long elapsed = time.Nanoseconds - (_last ?? time.Nanoseconds);
        if (elapsed < -DayNanoseconds / 2 && time.Format is StraceTimeFormat.TimeOfDay)
        {
            elapsed += DayNanoseconds;
        }

        if (elapsed >= 0)
        {
            _last = time.Nanoseconds;
        }

        return Math.Max(0, elapsed);
    }
}
