namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>An address space as one secondary sees it, with a meter between the two: every callback is timed.</summary>
internal sealed class MeteredPrimary(IPrimaryMmu primary, CallbackMeter meter) : IPrimaryMmu
{
    /// <inheritdoc/>
    public NotifierSubscription Register(IMmuNotifier notifier) => primary.Register(MeteredNotifier.Of(notifier, meter));

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) =>
        primary.Register(new MeteredInterval(notifier, meter), range);

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb) => primary.Register(new MeteredTlb(tlb, meter));

    /// <inheritdoc/>
    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        primary.FaultRange(range, access, translations);

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => primary.FrameAddress(frame);

    /// <inheritdoc/>
    public void MarkDirty(FrameNumber frame) => primary.MarkDirty(frame);

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => primary.MarkYoung(frame);
}
