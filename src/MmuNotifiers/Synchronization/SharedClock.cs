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

    /// <summary>The time in ticks, from an arbitrary origin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long GetTimestamp() =>
        Shared.Controlled && ScheduleController.Current is { } controller ? controller.Timestamp : Stopwatch.GetTimestamp();
}
