using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Counts and times the callbacks of one attached secondary. Safe from any thread.</summary>
internal sealed class CallbackMeter
{
    private long _ticks;

    /// <summary>The time spent in callbacks, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    /// <summary>Adds the time since a callback began.</summary>
    public void Add(long startedAt) => Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - startedAt);
}
