namespace MmuNotifiers;

/// <summary>
/// Who is subscribed, immutable. A bracket reads it once at its start and tells the same subscribers of its end. There is none
/// (null) where nobody is subscribed and nothing is counted.
/// </summary>
internal sealed record SubscriptionSnapshot
{
    internal static SubscriptionSnapshot Empty { get; } = new();

    /// <summary>Address-space-wide subscriptions, and those by ranges, in the order of their registration.</summary>
    internal NotifierSubscription[] Notifiers { get; private init; } = [];

    /// <summary>The callbacks of those <see cref="Notifiers"/> that are told of every bracket.</summary>
    internal IMmuNotifier[] Callbacks { get; private init; } = [];

    /// <summary>Those of <see cref="Callbacks"/> that take part in ageing.</summary>
    internal IAgingNotifier[] Aging { get; private init; } = [];

    /// <summary>Those of <see cref="Callbacks"/> that prefetch.</summary>
    internal IUpdateNotifier[] Updates { get; private init; } = [];

    /// <summary>How many of <see cref="Notifiers"/> hear of their ranges only, and take part in ageing.</summary>
    internal int AgingByRange { get; private init; }

    /// <summary>How many interval subscriptions take part in ageing.</summary>
    internal int AgingIntervals { get; private init; }

    /// <summary>Those of <see cref="Notifiers"/> that hear of their ranges only, and prefetch.</summary>
    internal NotifierSubscription[] UpdatesByRange { get; private init; } = [];

    /// <summary>The caches over the primary's own table.</summary>
    internal TlbSubscription[] Tlbs { get; private init; } = [];

    /// <summary>Interval subscriptions, and attached ranges.</summary>
    internal IntervalIndex Intervals { get; init; } = IntervalIndex.Empty;

    /// <summary>Whether some of <see cref="Intervals"/> take part in ageing.</summary>
    internal bool AsksIntervals => AgingByRange + AgingIntervals > 0;

    internal bool IsEmpty => Notifiers.Length + Tlbs.Length + Intervals.Count == 0;

    internal SubscriptionSnapshot With(NotifierSubscription subscription) => WithNotifiers([.. Notifiers, subscription]);

    internal SubscriptionSnapshot With(TlbSubscription subscription) => this with { Tlbs = [.. Tlbs, subscription] };

    internal SubscriptionSnapshot With(IntervalSubscription subscription) => this with
    {
        Intervals = Intervals.With(subscription),
        AgingIntervals = AgingIntervals + (subscription.Aging is null ? 0 : 1),
    };

    internal SubscriptionSnapshot Without(NotifierSubscription subscription) =>
        WithNotifiers([.. Notifiers.Where(other => other != subscription)]).WithoutRangesOf([subscription]);

    internal SubscriptionSnapshot Without(TlbSubscription subscription) =>
        this with { Tlbs = [.. Tlbs.Where(other => other != subscription)] };

    internal SubscriptionSnapshot Without(IntervalSubscription subscription) => this with
    {
        Intervals = Intervals.Without(subscription),
        AgingIntervals = AgingIntervals - (subscription.Aging is null ? 0 : 1),
    };

    /// <summary>The same without address-space-wide subscriptions and without ranges.</summary>
    internal SubscriptionSnapshot WithoutNotifiers() => WithNotifiers([]).WithoutRangesOf(Notifiers);

    private SubscriptionSnapshot WithoutRangesOf(ReadOnlySpan<NotifierSubscription> subscriptions)
    {
        IntervalIndex intervals = Intervals;
        foreach (NotifierSubscription subscription in subscriptions)
        {
            foreach (AttachedRange range in subscription.Ranges ?? [])
            {
                intervals = intervals.Without(range.Entry);
            }
        }

        return this with { Intervals = intervals };
    }

    private SubscriptionSnapshot WithNotifiers(NotifierSubscription[] notifiers)
    {
        IMmuNotifier[] callbacks = [.. notifiers.Where(static subscription => subscription.Ranges is null).Select(static subscription => subscription.Notifier)];
        NotifierSubscription[] byRange = Array.FindAll(notifiers, static subscription => subscription.Ranges is not null);
        return this with
        {
            Notifiers = notifiers,
            Callbacks = callbacks,
            Aging = [.. callbacks.OfType<IAgingNotifier>()],
            Updates = [.. callbacks.OfType<IUpdateNotifier>()],
            AgingByRange = byRange.Count(static subscription => subscription.Notifier is IAgingNotifier),
            UpdatesByRange = Array.FindAll(byRange, static subscription => subscription.Notifier is IUpdateNotifier),
        };
    }
}
