using System.Diagnostics.Metrics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Diagnostics;

/// <summary>
/// The meter <c>MmuNotifiers</c>: what the brackets of all address spaces of the process did that had a subscriber. Counting begins
/// when a listener collects for the first time, so that it costs one load as long as nobody does.
/// </summary>
internal static class NotifierDiagnostics
{
    private static readonly StatisticsCounters Totals = new(measuresTime: true);
    private static bool Collected;

    /// <summary>The one meter of the project; what an assembly measures, it publishes here.</summary>
    internal static Meter Meter { get; } = new("MmuNotifiers");

    /// <summary>Whether brackets have to report what they do.</summary>
    internal static bool IsOn { get; private set; }

    /// <summary>Whether the totals are collected.</summary>
    private static bool IsCollected => Collected;

    /// <summary>Publishes the instruments. Called where address spaces are made, so that listeners find them.</summary>
    internal static void Publish() => GC.KeepAlive(Instruments.All);

    /// <summary>Turns reports on or off, as the event source is.</summary>
    internal static void SetTraced(bool isTraced) => IsOn = isTraced || IsCollected;

    /// <summary>A bracket was opened, or refused.</summary>
    internal static void BracketStarted(in InvalidationRange range, int callbacks, bool accepted, long ticks)
    {
        if (IsCollected)
        {
            Totals.AddBracket(in range, callbacks, accepted);
            Totals.AddTime(ticks);
        }

        if (NotifierEventSource.Log.IsEnabled())
        {
            NotifierEventSource.Log.BracketStart(
                (long)range.Range.Start.Value, (long)range.Range.End.Value, (int)range.Event, callbacks, accepted ? 1 : 0);
        }
    }

    /// <summary>A bracket was closed.</summary>
    internal static void BracketEnded(in InvalidationRange range, long ticks)
    {
        if (IsCollected)
        {
            Totals.AddTime(ticks);
        }

        if (NotifierEventSource.Log.IsEnabled())
        {
            NotifierEventSource.Log.BracketStop((long)range.Range.Start.Value, (long)range.Range.End.Value);
        }
    }

    private static NotifierStatistics Collect()
    {
        Collected = true;
        IsOn = true;
        return Totals.Read();
    }

    /// <summary>Made on first use.</summary>
    private static class Instruments
    {
        internal static readonly Instrument[] All =
        [
            Meter.CreateObservableCounter("mmu_notifiers.brackets", () => Collect().Brackets, "{bracket}", "Brackets opened where somebody is subscribed."),
            Meter.CreateObservableCounter("mmu_notifiers.callbacks", () => Collect().Callbacks, "{call}", "Calls of a subscriber at the start of a bracket."),
            Meter.CreateObservableCounter("mmu_notifiers.refusals", () => Collect().Refusals, "{bracket}", "Brackets that a subscriber refused."),
            Meter.CreateObservableCounter("mmu_notifiers.time", () => Collect().Time.TotalSeconds, "s", "Time in dispatch and callbacks of brackets."),
        ];
    }
}
