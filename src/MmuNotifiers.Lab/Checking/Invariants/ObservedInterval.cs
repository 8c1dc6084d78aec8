using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Passes the callbacks of an interval subscription on, and has them judged.</summary>
internal sealed class ObservedInterval(IIntervalNotifier inner, Judge judge, Subscriber subscriber) : AgingForwarder(inner), IIntervalNotifier
{
    private readonly IIntervalNotifier _inner = inner;

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.Invalidate, in range);
        bool done;
        using (AtomicContext.EnterIfAtomic(_inner, nameof(Invalidate)))
        {
            done = _inner.Invalidate(subscription, in range, sequence);
        }

        judge.LeaveInvalidate(callback, subscription, in range, sequence, done);
        return done;
    }
}
