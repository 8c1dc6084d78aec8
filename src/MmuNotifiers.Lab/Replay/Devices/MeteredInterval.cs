using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Passes the callbacks of an interval subscription on and times them.</summary>
internal sealed class MeteredInterval(IIntervalNotifier inner, CallbackMeter meter) : AgingForwarder(inner), IIntervalNotifier
{
    private readonly IIntervalNotifier _inner = inner;

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        long startedAt = Stopwatch.GetTimestamp();
        bool done = _inner.Invalidate(subscription, in range, sequence);
        meter.Add(startedAt);
        return done;
    }
}
