using System.Collections.Immutable;

namespace MmuNotifiers.Primary;

/// <summary>
/// The address space for a secondary that may be told too late: with pins every page that it maps is held until it was told; without,
/// each page that was freed before is found and named.
/// </summary>
internal sealed class HeldMmu(AddressSpace space, Attachment attachment, bool pins) : AttachedMmu(space, attachment)
{
    private readonly FrameHolds _holds = new(space.Memory, pins);

    /// <inheritdoc/>
    public override AttachmentStatistics Statistics => base.Statistics with
    {
        PinnedPages = pins ? _holds.Count : 0,
        FreedBeforeTold = _holds.FreedBeforeTold,
    };

    /// <inheritdoc/>
    public override ImmutableArray<string> Violations => [.. _holds.Violations];

    /// <inheritdoc/>
    public override RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        Space.FaultRangeAndHold(range, access, translations, _holds);

    /// <inheritdoc/>
    private protected override NotifierSubscription Subscribe(IMmuNotifier notifier) => Space.Register((IMmuNotifier)new HoldingNotifier(notifier, _holds));

    /// <inheritdoc/>
    private protected override IIntervalNotifier Adapt(IIntervalNotifier notifier) => new HoldingInterval(notifier, _holds);

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Release);
        _holds.DropAll(in everything);
        base.Dispose(disposing);
    }
}
