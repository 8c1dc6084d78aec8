namespace MmuNotifiers.Linux.Live.Tests.Secondaries;

/// <summary>The same memory to a secondary that ignores its invalidations: nobody tells it of them. The negative control.</summary>
internal sealed class DeafPrimary(IPrimaryMmu memory) : IPrimaryMmu
{
    private readonly NotifierSubscriptions _nobody = new();

    /// <inheritdoc/>
    public NotifierSubscription Register(IMmuNotifier notifier) => _nobody.Add(notifier);

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => _nobody.Add(notifier, range);

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb) => _nobody.Add(tlb);

    /// <inheritdoc/>
    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        memory.FaultRange(range, access, translations);

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => memory.FrameAddress(frame);

    /// <inheritdoc/>
    public void MarkDirty(FrameNumber frame) => memory.MarkDirty(frame);

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => memory.MarkYoung(frame);
}
