using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Passes the callbacks of an interval subscription on, and has them judged.</summary>
internal sealed class ObservedInterval(IIntervalNotifier inner, Judge judge, Subscriber subscriber) : IIntervalNotifier
{
    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.Invalidate, in range);
        bool done;
        using (AtomicContext.EnterIfAtomic(inner, nameof(Invalidate)))
        {
            done = inner.Invalidate(subscription, in range, sequence);
        }

        judge.LeaveInvalidate(callback, subscription, in range, sequence, done);
        return done;
    }
}
