namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>The processor time of the calling thread, the time in guests included (CLOCK_THREAD_CPUTIME_ID).</summary>
internal static unsafe class ThreadClock
{
    private const nint ClockGetTime = 228;
    private const nint ThreadTime = 3;
    private const long NanosecondsPerTick = 100;

    /// <summary>Reads it; zero if the kernel refuses.</summary>
    public static TimeSpan Read()
    {
        long* time = stackalloc long[2];

        // SAFETY: struct timespec is two words of the stack.
        return Libc.SystemCall(ClockGetTime, ThreadTime, (nint)time, 0) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / NanosecondsPerTick)
            : TimeSpan.Zero;
    }
}
