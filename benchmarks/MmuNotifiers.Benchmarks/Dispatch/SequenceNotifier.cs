namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>The least that a subscriber does: takes its user lock and sets the sequence, as the peer in C does.</summary>
internal sealed class SequenceNotifier : IIntervalNotifier
{
    private int _userLock;

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        while (Interlocked.Exchange(ref _userLock, 1) != 0)
        {
            Thread.SpinWait(1);
        }

        subscription.SetSequence(sequence);
        Volatile.Write(ref _userLock, 0);
        return true;
    }
}
