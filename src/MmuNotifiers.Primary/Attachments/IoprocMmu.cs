using System.Collections.Immutable;

namespace MmuNotifiers.Primary;

/// <summary>Attached by IOPROC: a driver hands each operation with its area to the secondary.</summary>
internal sealed class IoprocMmu(AddressSpace space, Attachment attachment, IoprocForm form) : AttachedMmu(space, attachment)
{
    private IoprocSubscriber? _subscriber;

    /// <inheritdoc/>
    public override AttachmentStatistics Statistics => base.Statistics with
    {
        AreaLookUps = _subscriber?.AreaLookUps ?? 0,
        SkippedAreas = _subscriber?.Skips ?? 0,
    };

    /// <inheritdoc/>
    public override ImmutableArray<string> Violations =>
        [.. (_subscriber?.LatestSkips() ?? []).Take(20).Select(static skipped => skipped.ToString())];

    /// <inheritdoc/>
    public override string? Explain(VirtualAddress address) => _subscriber?.FindSkip(address)?.ToString() ?? base.Explain(address);

    /// <inheritdoc/>
    private protected override NotifierSubscription Subscribe(IMmuNotifier notifier)
    {
        _subscriber = new IoprocSubscriber(Space, new IoprocDriver(notifier), form);
        Space.WantsAreas = true;
        return Space.Register((IMmuNotifier)_subscriber);
    }

    /// <inheritdoc/>
    private protected override IIntervalNotifier Adapt(IIntervalNotifier notifier) =>
        form == IoprocForm.Historical ? new FirstAreaInterval(notifier) : notifier;
}
