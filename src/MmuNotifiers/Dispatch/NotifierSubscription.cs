namespace MmuNotifiers;

/// <summary>An address-space-wide subscription.</summary>
public sealed class NotifierSubscription : IDisposable
{
    private readonly NotifierSubscriptions _subscriptions;

    internal NotifierSubscription(NotifierSubscriptions subscriptions, IMmuNotifier notifier)
    {
        _subscriptions = subscriptions;
        Notifier = notifier;
    }

    /// <summary>Who is called.</summary>
    public IMmuNotifier Notifier { get; }

    /// <summary>
    /// Ends the subscription. Waits for every bracket that this subscriber was told of, so that on return no callback runs and
    /// none will. Not allowed inside a callback, nor under a lock that a callback takes. Idempotent.
    /// </summary>
    public void Dispose() => _subscriptions.Remove(this);
}
