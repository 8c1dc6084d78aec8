namespace MmuNotifiers.Lab.Checking.Catalogue.Lists;

/// <summary>Stands between a primary and its secondaries and passes everything on.</summary>
internal abstract class ForwardingPrimary(IPrimaryMmu primary) : IPrimaryMmu
{
    /// <summary>Whom it stands before.</summary>
    protected IPrimaryMmu Inner => primary;

    public virtual NotifierSubscription Register(IMmuNotifier notifier) => primary.Register(notifier);

    public virtual IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => primary.Register(notifier, range);

    public virtual TlbSubscription Register(ISecondaryTlb tlb) => primary.Register(tlb);

    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        primary.FaultRange(range, access, translations);

    public nint FrameAddress(FrameNumber frame) => primary.FrameAddress(frame);

    public void MarkDirty(FrameNumber frame) => primary.MarkDirty(frame);

    public void MarkYoung(FrameNumber frame) => primary.MarkYoung(frame);
}
