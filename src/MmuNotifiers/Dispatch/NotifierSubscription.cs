namespace MmuNotifiers;

/// <summary>A subscription to a whole address space, or to ranges of it that come and go.</summary>
public sealed class NotifierSubscription : IDisposable
{
    private SubscriptionState _state;

    private long _rangeVersion;

    internal NotifierSubscription(NotifierSubscriptions subscriptions, IMmuNotifier notifier, bool isByRange)
    {
        Subscriptions = subscriptions;
        Notifier = notifier;
        Ranges = isByRange ? [] : null;
    }

    /// <summary>Who is called.</summary>
    public IMmuNotifier Notifier { get; }

    /// <summary>Where it is subscribed.</summary>
    internal NotifierSubscriptions Subscriptions { get; }

    /// <summary>
    /// The ranges whose brackets it is told of; null if it is told of all. Guarded by the lock that guards the snapshot.
    /// </summary>
    internal HashSet<AttachedRange>? Ranges { get; }

    /// <summary>
    /// How often ranges left. Who reads it, finds a range over a page, looks the page up in the primary, and reads the same number
    /// again, knows that brackets over the page tell the subscriber: a range leaves after the last bracket of its area, and before
    /// another area can have its addresses. Written under the lock that guards the snapshot.
    /// </summary>
    internal ref long RangeVersion => ref _rangeVersion;

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
            Subscriptions.Remove(this);
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
