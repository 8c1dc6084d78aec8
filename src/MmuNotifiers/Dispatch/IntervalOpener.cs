using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Opens a bracket for each interval that it hits, and calls its subscriber.</summary>
internal ref struct IntervalOpener(in InvalidationRange range) : IIntervalVisitor
{
    private readonly ref readonly InvalidationRange _range = ref range;

    /// <summary>How many intervals were opened, that of who refused or threw included.</summary>
    internal int Count { get; private set; }

    /// <summary>The last interval that was opened.</summary>
    internal IntervalSubscription? Last { get; private set; }

    /// <summary>Whether the last of them refused.</summary>
    internal bool IsRefused { get; private set; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Visit(IntervalSubscription subscription)
    {
        Count++;
        Last = subscription;
        ulong sequence = subscription.OpenBracket();
        IIntervalNotifier notifier = subscription.Notifier;
        bool accepted = Checks.AreOn && !_range.IsBlockable
            ? InvalidateAtomically(notifier, subscription, sequence)
            : notifier.Invalidate(subscription, in _range, sequence);
        IsRefused = !accepted;
        return accepted;
    }

    private readonly bool InvalidateAtomically(IIntervalNotifier notifier, IntervalSubscription subscription, ulong sequence)
    {
        using (AtomicContext.Enter(notifier))
        {
            return notifier.Invalidate(subscription, in _range, sequence);
        }
    }
}
