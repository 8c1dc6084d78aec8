namespace MmuNotifiers.Lab.Checking;

/// <summary>One subscription of a secondary MMU, as the judge follows it.</summary>
internal sealed class Subscriber(int secondary, SubscriberFamily family, AddressRange range)
{
    /// <summary>The number of the secondary MMU; -1 for one that the scenario's code registered.</summary>
    internal int Secondary { get; } = secondary;

    internal SubscriberFamily Family { get; } = family;

    /// <summary>What it subscribed to.</summary>
    internal AddressRange Range { get; } = range;

    /// <summary>The subscription, once registration has returned.</summary>
    internal IDisposable? Subscription { get; set; }

    /// <summary>The starts that it accepted and that had no end yet.</summary>
    internal List<AcceptedStart> Open { get; } = [];

    /// <summary>Whether its release was called.</summary>
    internal bool IsReleased { get; set; }

    /// <summary>Whether the operation that ends it has begun.</summary>
    internal bool IsEnding { get; set; }

    /// <summary>Whether the operation that ends it has returned.</summary>
    internal bool IsDetached { get; set; }

    /// <summary>How many of its callbacks run.</summary>
    internal int Running { get; set; }

    /// <summary>Whether its subscription has ended: nothing may call it any more.</summary>
    internal bool HasEnded => IsDetached || Subscription switch
    {
        NotifierSubscription subscription => subscription.HasEnded,
        IntervalSubscription subscription => subscription.HasEnded,
        TlbSubscription subscription => subscription.HasEnded,
        _ => false,
    };

    public override string ToString() => Secondary <= 0 ? "the subscriber" : $"subscriber {Secondary}";
}
