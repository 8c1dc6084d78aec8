namespace MmuNotifiers;

/// <summary>A subscription to one interval, and the collision-retry sequence of its reader.</summary>
public sealed class IntervalSubscription : IDisposable
{
    private readonly NotifierSubscriptions _subscriptions;

    /// <summary>Guarded by the user lock of the subscriber; read without it as a hint.</summary>
    private ulong _sequence;

    internal IntervalSubscription(NotifierSubscriptions subscriptions, IIntervalNotifier notifier, AddressRange range)
    {
        _subscriptions = subscriptions;
        Notifier = notifier;
        Range = range;
    }

    /// <summary>Who is called.</summary>
    public IIntervalNotifier Notifier { get; }

    /// <summary>The interval, page aligned.</summary>
    public AddressRange Range { get; }

    /// <summary>How many open brackets overlap the interval. Guarded by the lock of the subscriptions.</summary>
    internal int ActiveBrackets { get; set; }

    /// <summary>
    /// Begins to read the primary's translations of the interval: waits until no open bracket overlaps it. The caller must hold
    /// no lock that its <see cref="IIntervalNotifier.Invalidate"/> takes.
    /// </summary>
    /// <returns>The value for <see cref="ReadRetry"/>.</returns>
    public ulong ReadBegin()
    {
        _subscriptions.WaitForBrackets(this);
        return Synchronization.Shared.Read(in _sequence, this);
    }

    /// <summary>
    /// Whether a bracket touched the interval since <see cref="ReadBegin"/>, so that what was read must be thrown away. The
    /// caller holds its user lock and keeps it until the result is installed.
    /// </summary>
    public bool ReadRetry(ulong sequence) => Synchronization.Shared.Read(in _sequence, this) != sequence;

    /// <summary>As <see cref="ReadRetry"/> without the user lock: true is reliable, false is not.</summary>
    public bool CheckRetry(ulong sequence) => Synchronization.Shared.Read(in _sequence, this) != sequence;

    /// <summary>To be called by every <see cref="IIntervalNotifier.Invalidate"/>, under the user lock, with the value it was given.</summary>
    public void SetSequence(ulong sequence) => Synchronization.Shared.Write(ref _sequence, sequence, this);

    /// <summary>Ends the subscription; on return no callback runs and none will. Idempotent.</summary>
    public void Dispose() => _subscriptions.Remove(this);
}
