namespace MmuNotifiers;

/// <summary>As <see cref="AgeAsker"/>, for a question about many pages.</summary>
internal ref struct AgeQueryAsker(AgeQuery query) : IIntervalVisitor
{
    private readonly AgeQuery _query = query;

    /// <summary>How many were asked.</summary>
    internal int Calls { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        if (subscription.Aging is { } aging)
        {
            Calls++;
            aging.ClearYoung(_query.Within(subscription.Range));
        }

        return true;
    }
}
