using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Passes flushes under the page-table lock on and times them.</summary>
internal sealed class MeteredTlb(ISecondaryTlb inner, CallbackMeter meter) : ISecondaryTlb
{
    /// <inheritdoc/>
    public void Invalidate(AddressRange range)
    {
        long startedAt = Stopwatch.GetTimestamp();
        inner.Invalidate(range);
        meter.Add(startedAt);
    }
}
