using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// The clock for budgets of time. Under a race checker time passes only when every thread waits for another, so that an execution
/// depends on nothing but its schedule.
/// </summary>
internal static class SharedClock
{
    /// <summary>Ticks in a second.</summary>
    internal static long Frequency => Stopwatch.Frequency;

    /// <summary>Lets time pass: at least so many ticks, in steps of about a millisecond.</summary>
    internal static void Wait(long ticks)
    {
        long end = GetTimestamp() + ticks;
        SharedSpin spin = default;
        while (GetTimestamp() < end)
        {
            if (Shared.Controlled)
            {
                spin.Once();
            }
            else
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>The time in ticks, from an arbitrary origin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long GetTimestamp() =>
        Shared.Controlled && ScheduleController.Current is { } controller ? controller.Timestamp : Stopwatch.GetTimestamp();
}
