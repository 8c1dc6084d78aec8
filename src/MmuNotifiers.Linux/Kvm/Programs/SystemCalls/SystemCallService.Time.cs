using System.Buffers.Binary;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>Time: the host's clocks; the program's processor time is that of the thread that runs it.</summary>
internal sealed partial class SystemCallService
{
    private const int TimeBytes = 2 * sizeof(long);
    private const int NanosecondsPerTick = 100;
    private const int NanosecondsPerMicrosecond = 1000;

    private long GetTime(ulong clock, ulong address)
    {
        const ulong Real = 0;
        const ulong RealCoarse = 5;
        const ulong ProcessTime = 2;
        const ulong ThreadTime = 3;
        const ulong Last = 7;
        if (clock > Last)
        {
            return -Errno.Invalid;
        }

        TimeSpan time = clock switch
        {
            Real or RealCoarse => DateTime.UtcNow - DateTime.UnixEpoch,
            ProcessTime or ThreadTime => ThreadClock.Read(),
            _ => TimeSpan.FromSeconds((double)System.Diagnostics.Stopwatch.GetTimestamp() / System.Diagnostics.Stopwatch.Frequency),
        };
        return Give(address, Encode(time, NanosecondsPerTick, 1));
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

    /// <summary>nanosleep: the whole time, unless the caller ends the program.</summary>
    private long Sleep(ulong address, ulong rest)
    {
        byte[] time = new byte[TimeBytes];
        if (!_space.TryRead(new VirtualAddress(address), time))
        {
            return -Errno.BadAddress;
        }

        long seconds = BinaryPrimitives.ReadInt64LittleEndian(time);
        long nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(time.AsSpan(sizeof(long)));
        const long MostSeconds = int.MaxValue / 1000;
        if (seconds < 0 || nanoseconds is < 0 or >= 1_000_000_000)
        {
            return -Errno.Invalid;
        }

        int milliseconds = (int)((Math.Min(seconds, MostSeconds - 1) * 1000) + (nanoseconds / 1_000_000));
        _ = _cancellation.WaitHandle.WaitOne(milliseconds);
        return rest == 0 ? 0 : Give(rest, new byte[TimeBytes]);
    }

    private static byte[] Encode(TimeSpan time, long nanosecondsPerTick, long unitNanoseconds)
    {
        byte[] bytes = new byte[TimeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, time.Ticks / TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long)), time.Ticks % TimeSpan.TicksPerSecond * nanosecondsPerTick / unitNanoseconds);
        return bytes;
    }
}
