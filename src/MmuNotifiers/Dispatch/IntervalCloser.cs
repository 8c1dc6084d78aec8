namespace MmuNotifiers;

/// <summary>Closes the bracket for the first so many intervals that the walk finds.</summary>
internal struct IntervalCloser(int count) : IIntervalVisitor
{
    private int _remaining = count;

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        subscription.CloseBracket();
        return --_remaining > 0;
    }
}
