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

    /// <summary>Whether a page was taken away since it last had all. Guarded by the lock.</summary>
    private bool _isDisturbed = true;

    internal GreedyMmu(AddressSpace space, AddressRange range)
    {
        _space = space;
        _subscription = space.Register(this, range);
    }

    /// <summary>How often it began anew.</summary>
    internal int Attempts { get; private set; }

    /// <summary>How often it had all pages at once after some had been taken away.</summary>
    internal int Successes { get; private set; }

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        lock (_lock)
        {
            subscription.SetSequence(sequence);
            _isDisturbed = true;
        }

        return true;
    }

    public void Dispose() => _subscription.Dispose();

    /// <summary>Tries until it is over, or its patience ends.</summary>
    internal void Run(Func<bool> isOver, TimeSpan patience)
    {
        Translation[] translations = new Translation[(int)_subscription.Range.Pages];
        Stopwatch watch = Stopwatch.StartNew();
        while (!isOver() && watch.Elapsed < patience)
        {
            ulong sequence = _subscription.ReadBegin();
            Assert.True(_space.FaultRange(_subscription.Range, AccessRights.Write, translations).Succeeded);
            lock (_lock)
            {
                bool isWhole = !_subscription.ReadRetry(sequence);
                Attempts += _isDisturbed ? 1 : 0;
                Successes += isWhole && _isDisturbed ? 1 : 0;
                _isDisturbed &= !isWhole;
            }
        }
    }
}
