namespace MmuNotifiers;

/// <summary>Who was subscribed when a bracket started; its end goes to the same.</summary>
internal sealed record SubscriptionSnapshot(
    NotifierSubscription[] Notifiers, IntervalSubscription[] Intervals, TlbSubscription[] Tlbs)
{
    internal static SubscriptionSnapshot Empty { get; } = new([], [], []);

    internal bool IsEmpty => Notifiers.Length + Intervals.Length + Tlbs.Length == 0;
}
