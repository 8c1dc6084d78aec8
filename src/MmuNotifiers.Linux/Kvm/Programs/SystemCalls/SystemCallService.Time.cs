using System.Buffers.Binary;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>Time: the host's clocks; the program's processor time is that of the thread that runs it.</summary>
internal sealed partial class SystemCallService
{
    private const int TimeBytes = 2 * sizeof(long);
    private const int NanosecondsPerTick = 100;
    private const int NanosecondsPerMicrosecond = 1000;

    private long GetTime(ulong clock, ulong address) =>
        Now(clock) is { } time ? Give(address, Encode(time, NanosecondsPerTick, 1)) : -Errno.Invalid;

    /// <summary>What a clock shows; null if there is no such clock.</summary>
    private static TimeSpan? Now(ulong clock)
    {
        const ulong Real = 0;
        const ulong RealCoarse = 5;
        const ulong ProcessTime = 2;
        const ulong ThreadTime = 3;
        const ulong Last = 7;
        return clock switch
        {
            > Last => null,
            Real or RealCoarse => DateTime.UtcNow - DateTime.UnixEpoch,
            ProcessTime or ThreadTime => ThreadClock.Read(),
            _ => TimeSpan.FromSeconds((double)System.Diagnostics.Stopwatch.GetTimestamp() / System.Diagnostics.Stopwatch.Frequency),
        };
    }

    private long GetTimeOfDay(ulong address) =>
        address == 0 ? 0 : Give(address, Encode(DateTime.UtcNow - DateTime.UnixEpoch, NanosecondsPerTick, NanosecondsPerMicrosecond));

    private long GetSeconds(ulong address)
    {
        long seconds = (long)(DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        long error = address == 0 ? 0 : Give(address, BitConverter.GetBytes(seconds));
        return error < 0 ? error : seconds;
    }

    private long GetResolution(ulong address) => address == 0 ? 0 : Give(address, Encode(TimeSpan.FromTicks(1), NanosecondsPerTick, 1));

    private long GetUsage(ulong address)
    {
        const int Bytes = 144;
        byte[] usage = new byte[Bytes];
        Encode(ThreadClock.Read(), NanosecondsPerTick, NanosecondsPerMicrosecond).CopyTo(usage, 0);
        return Give(address, usage);
    }

    /// <summary>nanosleep: the whole time (24 days at most), unless the caller ends the program.</summary>
    private long Sleep(ulong address, ulong rest)
    {
        long error = ReadTime(address, out TimeSpan time);
        if (error < 0)
        {
            return error;
        }

        Wait(time);
        return rest == 0 ? 0 : Give(rest, new byte[TimeBytes]);
    }

    /// <summary>clock_nanosleep: as nanosleep, or until a clock shows a time.</summary>
    private long SleepByClock(in SystemCallArguments a)
    {
        const ulong Absolute = 1;
        if (Now(a.First) is not { } now || (a.Second & ~Absolute) != 0)
        {
            return -Errno.Invalid;
        }

        if ((a.Second & Absolute) == 0)
        {
            return Sleep(a.Third, a.Fourth);
        }

        long error = ReadTime(a.Third, out TimeSpan end);
        if (error == 0)
        {
            Wait(end - now);
        }

        return error;
    }

    private void Wait(TimeSpan time) =>
        _ = _cancellation.WaitHandle.WaitOne((int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue));

    /// <summary>Reads a struct timespec that is not negative; rounds up to what can be told here, and down to three thousand years.</summary>
    private long ReadTime(ulong address, out TimeSpan time)
    {
        const long MostSeconds = 100_000_000_000;
        const long NanosecondsPerSecond = 1_000_000_000;
        time = default;
        Span<byte> bytes = stackalloc byte[TimeBytes];
        if (!_space.TryRead(new VirtualAddress(address), bytes))
        {
            return -Errno.BadAddress;
        }

        long seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]);
        if (seconds < 0 || nanoseconds is < 0 or >= NanosecondsPerSecond)
        {
            return -Errno.Invalid;
        }

        time = new TimeSpan((Math.Min(seconds, MostSeconds) * TimeSpan.TicksPerSecond) + ((nanoseconds + NanosecondsPerTick - 1) / NanosecondsPerTick));
        return 0;
    }

    private static byte[] Encode(TimeSpan time, long nanosecondsPerTick, long unitNanoseconds)
    {
        byte[] bytes = new byte[TimeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, time.Ticks / TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long)), time.Ticks % TimeSpan.TicksPerSecond * nanosecondsPerTick / unitNanoseconds);
        return bytes;
    }
}
