using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>Opens a bracket for each interval that it hits, and calls its subscriber.</summary>
internal ref struct IntervalOpener(in InvalidationRange range) : IIntervalVisitor
{
    private readonly ref readonly InvalidationRange _range = ref range;

    /// <summary>How many intervals were opened, that of who refused or threw included.</summary>
    internal int Count { get; private set; }

    /// <summary>How many of them accepted.</summary>
    internal int Accepted { get; private set; }

    /// <summary>The last interval that was opened.</summary>
    internal IntervalSubscription? Last { get; private set; }

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
        Accepted += accepted ? 1 : 0;
        return accepted;
    }

    private readonly bool InvalidateAtomically(IIntervalNotifier notifier, IntervalSubscription subscription, ulong sequence)
    {
        object callee = subscription.Attached is { } attached ? attached.Owner.Notifier : notifier;
        string method = subscription.Attached is null ? nameof(IIntervalNotifier.Invalidate) : nameof(IMmuNotifier.InvalidateRangeStart);
        using (AtomicContext.Enter(callee, method))
        {
            return notifier.Invalidate(subscription, in _range, sequence);
        }
    }
}
