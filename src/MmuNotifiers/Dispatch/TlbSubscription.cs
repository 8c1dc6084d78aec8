namespace MmuNotifiers;

/// <summary>A subscription of a cache over the primary's own page table.</summary>
public sealed class TlbSubscription : IDisposable
{
    private readonly NotifierSubscriptions _subscriptions;

    internal TlbSubscription(NotifierSubscriptions subscriptions, ISecondaryTlb tlb)
    {
        _subscriptions = subscriptions;
        Tlb = tlb;
    }

    /// <summary>Who is flushed.</summary>
    public ISecondaryTlb Tlb { get; }

    /// <summary>Ends the subscription; on return no flush runs and none will. Idempotent.</summary>
    public void Dispose() => _subscriptions.Remove(this);
}
