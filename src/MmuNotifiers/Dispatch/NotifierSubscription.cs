namespace MmuNotifiers;

/// <summary>An address-space-wide subscription.</summary>
public sealed class NotifierSubscription : IDisposable
{
    private readonly NotifierSubscriptions _subscriptions;

    private SubscriptionState _state;

    internal NotifierSubscription(NotifierSubscriptions subscriptions, IMmuNotifier notifier)
    {
        _subscriptions = subscriptions;
        Notifier = notifier;
    }

    /// <summary>Who is called.</summary>
    public IMmuNotifier Notifier { get; }

    /// <summary>Whether the subscription has ended: no callback runs and none will.</summary>
    internal bool HasEnded => _state.IsGone(this);

    /// <summary>
    /// Ends the subscription. Waits for every bracket that this subscriber was told of, so that on return no callback runs and
    /// none will. Not allowed under a lock that a callback takes. Does not call release. Idempotent.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback: it would wait for itself.</exception>
    public void Dispose()
    {
        if (!_state.IsGone(this))
        {
            _subscriptions.Remove(this);
            _state.MarkGone(this);
        }
    }

    /// <summary>Calls the subscriber's release unless that was done.</summary>
    internal void ReleaseOnce()
    {
        if (_state.ClaimRelease(this))
        {
            Notifier.Release();
        }
    }
}
