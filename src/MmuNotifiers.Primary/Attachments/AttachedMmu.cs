using System.Collections.Immutable;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// An address space as a secondary sees it that is attached to it in a certain way: an <see cref="IPrimaryMmu"/> whose callbacks come
/// from where the attachment says. Serves one secondary; as safe to call from any thread as the address space.
/// </summary>
public class AttachedMmu : IPrimaryMmu, IDisposable
{
    /// <summary>Written once, by <see cref="Register(IMmuNotifier)"/>.</summary>
    private NotifierSubscription? _subscription;

    private long _intervals;

    /// <summary>Attaches to an address space; it is in use from the first registration on.</summary>
    internal AttachedMmu(AddressSpace space, Attachment attachment)
    {
        Space = space;
        Attachment = attachment;
        if (attachment.IsHistorical)
        {
            space.Silences ??= new HookSilences();
        }
    }

    /// <summary>How it is attached.</summary>
    public Attachment Attachment { get; }

    /// <summary>What the attachment did and cost so far. Exact while the address space and the devices are idle.</summary>
    public virtual AttachmentStatistics Statistics => new()
    {
        SubscriptionBytes = (_subscription is null ? 0 : SubscriptionSizes.NotifierBytes)
            + (Shared.Read(in _intervals, this) * SubscriptionSizes.IntervalBytes),
        Entries = Shared.Read(in _intervals, this),
    };

    /// <summary>What the attachment itself saw go wrong, the first of it in words; empty for one that is sound.</summary>
    public virtual ImmutableArray<string> Violations => [];

    /// <summary>The address space.</summary>
    private protected AddressSpace Space { get; }

    /// <summary>The subscription of the secondary, once it has registered.</summary>
    private protected NotifierSubscription? Subscription => Shared.Read(in _subscription, this);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A notifier is registered already.</exception>
    public NotifierSubscription Register(IMmuNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        if (Subscription is not null)
        {
            throw new InvalidOperationException("An attachment serves one secondary: a notifier is registered already.");
        }

        NotifierSubscription subscription = Subscribe(notifier);
        Shared.Write(ref _subscription, subscription, this);
        return subscription;
    }

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        IntervalSubscription subscription = Space.Register(Adapt(notifier), range);
        Shared.Add(ref _intervals, 1, this);
        return subscription;
    }

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb) => Space.Register(tlb);

    /// <inheritdoc/>
    public virtual RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        Space.FaultRange(range, access, translations);

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => Space.FrameAddress(frame);

    /// <inheritdoc/>
    public void MarkDirty(FrameNumber frame) => Space.MarkDirty(frame);

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => Space.MarkYoung(frame);

    /// <summary>
    /// Why a translation of an address may be stale, as far as the attachment knows: which change was not told of, or which area was
    /// skipped, with its addresses. Null for an attachment that is sound.
    /// </summary>
    public virtual string? Explain(VirtualAddress address) => Space.Silences?.Find(address)?.ToString();

    /// <summary>Gives back what the attachment holds. The secondary has ended its subscription.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Subscribes the secondary in the way of the attachment.</summary>
    private protected virtual NotifierSubscription Subscribe(IMmuNotifier notifier) => Space.Register(notifier);

    /// <summary>What is subscribed in the place of an interval's notifier.</summary>
    private protected virtual IIntervalNotifier Adapt(IIntervalNotifier notifier) => notifier;

    /// <summary>Gives back what is held.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }
}
