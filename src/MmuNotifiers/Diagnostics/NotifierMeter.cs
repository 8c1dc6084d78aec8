using System.Diagnostics.Metrics;

namespace MmuNotifiers.Diagnostics;

/// <summary>The instruments of the meter <c>MmuNotifiers</c>: brackets of all address spaces of the process that had a subscriber.</summary>
internal static class NotifierMeter
{
    private static readonly Meter Meter = new("MmuNotifiers");

    private static readonly Counter<long> Brackets = Meter.CreateCounter<long>(
        "mmu_notifiers.brackets", "{bracket}", "Brackets opened where somebody is subscribed.");

    private static readonly Counter<long> Callbacks = Meter.CreateCounter<long>(
        "mmu_notifiers.callbacks", "{call}", "Calls of a subscriber at the start of a bracket.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "mmu_notifiers.refusals", "{bracket}", "Brackets that a subscriber refused.");

    private static readonly Histogram<double> Time = Meter.CreateHistogram<double>(
        "mmu_notifiers.dispatch.duration", "s", "Time that the start or the end of a bracket took, callbacks included.");

    /// <summary>Whether anybody listens. A few loads.</summary>
    internal static bool IsOn => Brackets.Enabled || Callbacks.Enabled || Refusals.Enabled || Time.Enabled;

    /// <summary>Whether anybody wants the durations.</summary>
    internal static bool MeasuresTime => Time.Enabled;

    internal static void AddBracket(in InvalidationRange range, int callbacks, bool accepted)
    {
        KeyValuePair<string, object?> reason = new("event", range.Event.ToString());
        Brackets.Add(1, reason);
        Callbacks.Add(callbacks, reason);
        if (!accepted)
        {
            Refusals.Add(1, reason);
        }
    }

    internal static void AddTime(TimeSpan time) => Time.Record(time.TotalSeconds);
}
