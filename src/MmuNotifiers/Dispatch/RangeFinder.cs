namespace MmuNotifiers;

/// <summary>Finds a range of one subscription; the walk is over an address or more.</summary>
internal struct RangeFinder(NotifierSubscription owner) : IIntervalVisitor
{
    /// <summary>The first range that was found, or null.</summary>
    internal AttachedRange? Found { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        if (subscription.Attached is { } attached && ReferenceEquals(attached.Owner, owner))
        {
            Found = attached;
        }

        return Found is null;
    }
}
