namespace MmuNotifiers;

/// <summary>An open bracket: translations of its range may change until it is disposed. The default value is a bracket without subscribers.</summary>
public ref struct InvalidationScope
{
    private readonly NotifierSubscriptions? _subscriptions;
    private readonly InvalidationRange _range;
    private readonly SubscriptionSnapshot? _snapshot;

    internal InvalidationScope(NotifierSubscriptions subscriptions, scoped in InvalidationRange range, SubscriptionSnapshot snapshot)
    {
        _subscriptions = subscriptions;
        _range = range;
        _snapshot = snapshot;
    }

    /// <summary>Ends the bracket: every subscriber whose start returned true is told.</summary>
    public void Dispose()
    {
        if (_subscriptions is not null)
        {
            _subscriptions.End(in _range, _snapshot!);
            this = default;
        }
    }
}
