using System.Diagnostics;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>
/// The worst that a secondary can do to its neighbours: it wants translations of all its pages at one moment, faults them in as fast as it can, and
/// begins anew as soon as one is taken away.
/// </summary>
internal sealed class GreedyMmu : IIntervalNotifier, IDisposable
{
    private readonly AddressSpace _space;
    private readonly IntervalSubscription _subscription;
    private readonly Lock _lock = new();

    internal GreedyMmu(AddressSpace space, AddressRange range)
    {
        _space = space;
        _subscription = space.Register(this, range);
    }

    internal int Attempts { get; private set; }

    internal int Successes { get; private set; }

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        lock (_lock)
        {
            subscription.SetSequence(sequence);
        }

        return true;
    }

    public void Dispose() => _subscription.Dispose();

    /// <summary>Tries until it had all pages at once so many times, or its patience ends.</summary>
    internal void Run(int successes, TimeSpan patience)
    {
        Translation[] translations = new Translation[(int)_subscription.Range.Pages];
        Stopwatch watch = Stopwatch.StartNew();
        while (Successes < successes && watch.Elapsed < patience)
        {
            Attempts++;
            ulong sequence = _subscription.ReadBegin();
            Assert.True(_space.FaultRange(_subscription.Range, AccessRights.Write, translations).Succeeded);
            lock (_lock)
            {
                Successes += _subscription.ReadRetry(sequence) ? 0 : 1;
            }
        }
    }
}
