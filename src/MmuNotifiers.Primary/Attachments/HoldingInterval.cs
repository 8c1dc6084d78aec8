namespace MmuNotifiers.Primary;

/// <summary>As <see cref="HoldingNotifier"/>, for one interval.</summary>
internal sealed class HoldingInterval(IIntervalNotifier inner, FrameHolds holds) : AgingForwarder(inner), IIntervalNotifier
{
    private readonly IIntervalNotifier _inner = inner;

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (!_inner.Invalidate(subscription, in range, sequence))
        {
            return false;
        }

        InvalidationRange part = range.PartIn(subscription.Range, area: null);
        holds.Drop(in part);
        return true;
    }
}
