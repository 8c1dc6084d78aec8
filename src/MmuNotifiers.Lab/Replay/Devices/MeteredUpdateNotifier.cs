using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>As <see cref="MeteredAgingNotifier"/> for a notifier that is also told of updates. What it does then is timed as well.</summary>
internal sealed class MeteredUpdateNotifier(IMmuNotifier inner, IUpdateNotifier update, CallbackMeter meter)
    : MeteredAgingNotifier(inner, meter), IUpdateNotifier
{
    private readonly CallbackMeter _meter = meter;

    /// <inheritdoc/>
    public void UpdateRange(AddressRange range, AccessRights rights)
    {
        long startedAt = Stopwatch.GetTimestamp();
        update.UpdateRange(range, rights);
        _meter.Add(startedAt);
    }

    /// <inheritdoc/>
    public void ChangeProtection(AddressRange range, AccessRights rights)
    {
        long startedAt = Stopwatch.GetTimestamp();
        update.ChangeProtection(range, rights);
        _meter.Add(startedAt);
    }
}
