namespace MmuNotifiers.Primary;

/// <summary>An interval's notifier behind historical IOPROC: of a range over several areas it is told what lies in the first.</summary>
internal sealed class FirstAreaInterval(IIntervalNotifier inner) : AgingForwarder(inner), IIntervalNotifier
{
    private readonly IIntervalNotifier _inner = inner;

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.AreaCount <= 1)
        {
            return _inner.Invalidate(subscription, in range, sequence);
        }

        IMappedArea first = range.AreaAt(0);
        InvalidationRange part = range.PartIn(first.Range, first);
        return !part.Range.Overlaps(subscription.Range) || _inner.Invalidate(subscription, in part, sequence);
    }
}
