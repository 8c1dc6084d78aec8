using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Passes flushes under the page-table lock on, and has them judged.</summary>
internal sealed class ObservedTlb(ISecondaryTlb inner, Judge judge, Subscriber subscriber) : ISecondaryTlb
{
    /// <inheritdoc/>
    public void Invalidate(AddressRange range)
    {
        InvalidationRange flushed = new(range, InvalidationEvent.Clear);
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.Flush, in flushed);
        using (AtomicContext.EnterIfAtomic(inner, nameof(Invalidate)))
        {
            inner.Invalidate(range);
        }

        judge.LeaveFlush(callback, range);
    }
}
