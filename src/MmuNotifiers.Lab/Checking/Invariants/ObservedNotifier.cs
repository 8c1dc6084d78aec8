using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Passes the callbacks of an address-space-wide subscription on, and has them judged.</summary>
internal class ObservedNotifier(IMmuNotifier inner, Judge judge, Subscriber subscriber) : IMmuNotifier
{
    /// <summary>Wraps a notifier so that it is still asked and told what it wants to be.</summary>
    internal static ObservedNotifier Of(IMmuNotifier inner, Judge judge, Subscriber subscriber) => inner is IAgingNotifier or IUpdateNotifier
        ? new ObservedExtendedNotifier(inner, judge, subscriber)
        : new ObservedNotifier(inner, judge, subscriber);

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.Start, in range);
        bool accepted;
        using (AtomicContext.EnterIfAtomic(inner, nameof(InvalidateRangeStart)))
        {
            accepted = inner.InvalidateRangeStart(in range);
        }

        judge.LeaveStart(callback, in range, accepted);
        return accepted;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.End, in range);
        inner.InvalidateRangeEnd(in range);
        judge.Leave(callback);
    }

    /// <inheritdoc/>
    public void Release()
    {
        InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Release);
        CallbackScope callback = judge.Enter(subscriber, CallbackKind.Release, in everything);
        inner.Release();
        judge.LeaveRelease(callback);
    }
}
