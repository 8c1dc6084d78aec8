namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// An address space as one secondary MMU of a scenario sees it. Everything that passes is told to the judge, so that any secondary is
/// observed without its help.
/// </summary>
internal sealed class ObservedPrimary(IPrimaryMmu primary, Judge judge, int secondary) : IPrimaryMmu
{
    /// <inheritdoc/>
    public NotifierSubscription Register(IMmuNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        Subscriber subscriber = judge.Subscribing(secondary, SubscriberFamily.AddressSpace, AddressRange.All);
        NotifierSubscription subscription = primary.Register(ObservedNotifier.Of(notifier, judge, subscriber));
        judge.Subscribed(subscriber, subscription);
        return subscription;
    }

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        Subscriber subscriber = judge.Subscribing(secondary, SubscriberFamily.Interval, range);
        IntervalSubscription subscription = primary.Register(new ObservedInterval(notifier, judge, subscriber), range);
        judge.Subscribed(subscriber, subscription);
        return subscription;
    }

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb)
    {
        ArgumentNullException.ThrowIfNull(tlb);
        Subscriber subscriber = judge.Subscribing(secondary, SubscriberFamily.SharedTable, AddressRange.All);
        TlbSubscription subscription = primary.Register(new ObservedTlb(tlb, judge, subscriber));
        judge.Subscribed(subscriber, subscription);
        return subscription;
    }

    /// <inheritdoc/>
    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        ThreadState? thread = Judge.EnterPrimary();
        try
        {
            RangeFaultResult result = primary.FaultRange(range, access, translations);
            judge.LookedUp(thread, range, translations[..result.Pages]);
            return result;
        }
        finally
        {
            Judge.LeavePrimary(thread);
        }
    }

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => primary.FrameAddress(frame);

    /// <inheritdoc/>
    public void MarkDirty(FrameNumber frame) => primary.MarkDirty(frame);

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => primary.MarkYoung(frame);
}
