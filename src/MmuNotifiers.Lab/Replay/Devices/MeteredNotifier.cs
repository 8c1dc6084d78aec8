using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Passes the callbacks of an address-space-wide subscription on and times them.</summary>
internal class MeteredNotifier(IMmuNotifier inner, CallbackMeter meter) : IMmuNotifier
{
    /// <summary>Wraps a notifier so that it is still asked and told what it wants to be.</summary>
    public static MeteredNotifier Of(IMmuNotifier inner, CallbackMeter meter) => inner switch
    {
        IUpdateNotifier update => new MeteredUpdateNotifier(inner, update, meter),
        IAgingNotifier => new MeteredAgingNotifier(inner, meter),
        _ => new MeteredNotifier(inner, meter),
    };

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        long startedAt = Stopwatch.GetTimestamp();
        bool done = inner.InvalidateRangeStart(in range);
        meter.Add(startedAt);
        return done;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        long startedAt = Stopwatch.GetTimestamp();
        inner.InvalidateRangeEnd(in range);
        meter.Add(startedAt);
    }

    /// <inheritdoc/>
    public void Release()
    {
        long startedAt = Stopwatch.GetTimestamp();
        inner.Release();
        meter.Add(startedAt);
    }
}
