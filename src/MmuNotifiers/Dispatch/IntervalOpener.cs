using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Opens a bracket for each interval that it hits, and calls its subscriber.</summary>
internal ref struct IntervalOpener(in InvalidationRange range, ref IntervalHits hits) : IIntervalVisitor
{
    private readonly ref readonly InvalidationRange _range = ref range;
    private readonly ref IntervalHits _hits = ref hits;

    /// <summary>Who refused, if anybody.</summary>
    internal IIntervalNotifier? Refuser { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        _hits.Add(subscription);
        ulong sequence = subscription.OpenBracket();
        if (Checks.AreOn && !_range.IsBlockable)
        {
            using (AtomicContext.Enter(subscription.Notifier))
            {
                return Call(subscription, sequence);
            }
        }

        return Call(subscription, sequence);
    }

    private bool Call(IntervalSubscription subscription, ulong sequence)
    {
        if (subscription.Notifier.Invalidate(subscription, in _range, sequence))
        {
            return true;
        }

        Refuser = subscription.Notifier;
        return false;
    }
}
