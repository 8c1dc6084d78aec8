using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>How far the end of a subscription has come, and whether it was released: once each, whoever comes first.</summary>
internal struct SubscriptionState
{
    private const int Gone = 1;
    private const int Released = 2;

    private int _bits;

    /// <summary>Whether the subscription has ended: no callback runs and none will.</summary>
    internal readonly bool IsGone(object owner) => (Shared.Read(in _bits, owner) & Gone) != 0;

    /// <summary>Says that the subscription has ended.</summary>
    internal void MarkGone(object owner) => Shared.Or(ref _bits, Gone, owner);

    /// <summary>Claims the right to call the subscriber's release.</summary>
    /// <returns>True for the first caller only.</returns>
    internal bool ClaimRelease(object owner) => (Shared.Or(ref _bits, Released, owner) & Released) == 0;
}
