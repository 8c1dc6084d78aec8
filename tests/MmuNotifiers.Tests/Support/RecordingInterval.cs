using System.Collections.Concurrent;

namespace MmuNotifiers.Tests.Support;

/// <summary>An interval subscriber with a user lock, that writes down what it is told, and can be made to park, refuse or throw.</summary>
internal sealed class RecordingInterval(string name = "i") : IIntervalNotifier
{
    internal Lock UserLock { get; } = new();

    internal ConcurrentQueue<string> Calls { get; init; } = new();

    internal Func<InvalidationRange, bool> OnInvalidate { get; set; } = _ => true;

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        Calls.Enqueue($"{name}.invalidate {range.Range}");
        if (!OnInvalidate(range))
        {
            return false;
        }

        lock (UserLock)
        {
            subscription.SetSequence(sequence);
        }

        return true;
    }
}
