namespace MmuNotifiers;

/// <summary>A subscription of a cache over the primary's own page table.</summary>
public sealed class TlbSubscription : IDisposable
{
    private readonly NotifierSubscriptions _subscriptions;

    private SubscriptionState _state;

    internal TlbSubscription(NotifierSubscriptions subscriptions, ISecondaryTlb tlb)
    {
        _subscriptions = subscriptions;
        Tlb = tlb;
    }

    /// <summary>Who is flushed.</summary>
    public ISecondaryTlb Tlb { get; }

    /// <summary>Whether the subscription has ended: no callback runs and none will.</summary>
    internal bool HasEnded => _state.IsGone(this);

    /// <summary>Ends the subscription; on return no flush runs and none will. Waits for open brackets. Idempotent.</summary>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback: it would wait for itself.</exception>
    public void Dispose()
    {
        if (!_state.IsGone(this))
        {
            _subscriptions.Remove(this);
            _state.MarkGone(this);
        }
    }
}
