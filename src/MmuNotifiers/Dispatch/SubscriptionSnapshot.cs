namespace MmuNotifiers;

/// <summary>
/// Who is subscribed, immutable. A bracket reads it once at its start and tells the same subscribers of its end. There is none
/// (null) where nobody is subscribed and nothing is counted.
/// </summary>
internal sealed record SubscriptionSnapshot
{
    internal static SubscriptionSnapshot Empty { get; } = new();

    /// <summary>Address-space-wide subscriptions in the order of their registration.</summary>
    internal NotifierSubscription[] Notifiers { get; private init; } = [];

    /// <summary>The callbacks of <see cref="Notifiers"/>.</summary>
    internal IMmuNotifier[] Callbacks { get; private init; } = [];

    /// <summary>Those of <see cref="Notifiers"/> that take part in ageing.</summary>
    internal IAgingNotifier[] Aging { get; private init; } = [];

    /// <summary>Those of <see cref="Notifiers"/> that prefetch.</summary>
    internal IUpdateNotifier[] Updates { get; private init; } = [];

    /// <summary>The caches over the primary's own table.</summary>
    internal TlbSubscription[] Tlbs { get; private init; } = [];

    /// <summary>Interval subscriptions.</summary>
    internal IntervalIndex Intervals { get; init; } = IntervalIndex.Empty;

    internal bool IsEmpty => Notifiers.Length + Tlbs.Length + Intervals.Count == 0;

    internal SubscriptionSnapshot With(NotifierSubscription subscription) => WithNotifiers([.. Notifiers, subscription]);

    internal SubscriptionSnapshot With(TlbSubscription subscription) => this with { Tlbs = [.. Tlbs, subscription] };

    internal SubscriptionSnapshot With(IntervalSubscription subscription) => this with { Intervals = Intervals.With(subscription) };

    internal SubscriptionSnapshot Without(NotifierSubscription subscription) =>
        WithNotifiers([.. Notifiers.Where(other => other != subscription)]);

    internal SubscriptionSnapshot Without(TlbSubscription subscription) =>
        this with { Tlbs = [.. Tlbs.Where(other => other != subscription)] };

    internal SubscriptionSnapshot Without(IntervalSubscription subscription) => this with { Intervals = Intervals.Without(subscription) };

    /// <summary>The same without address-space-wide subscriptions.</summary>
    internal SubscriptionSnapshot WithoutNotifiers() => WithNotifiers([]);

    private SubscriptionSnapshot WithNotifiers(NotifierSubscription[] notifiers) => this with
    {
        Notifiers = notifiers,
        Callbacks = [.. notifiers.Select(subscription => subscription.Notifier)],
        Aging = [.. notifiers.Select(subscription => subscription.Notifier).OfType<IAgingNotifier>()],
        Updates = [.. notifiers.Select(subscription => subscription.Notifier).OfType<IUpdateNotifier>()],
    };
}
