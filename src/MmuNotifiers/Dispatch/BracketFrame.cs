namespace MmuNotifiers;

/// <summary>
/// What an open bracket must remember until its end when it has told more than one interval. One for each nesting level of each
/// thread, used again by its next bracket on that level: it lies beside the thread's mark instead of in the scope, so that a scope
/// is three words and nothing is allocated.
/// </summary>
internal sealed class BracketFrame(NotifierSubscriptions owner)
{
    private InvalidationRange _range;

    /// <summary>Whose brackets it is for.</summary>
    internal NotifierSubscriptions Owner { get; } = owner;

    /// <summary>What the start was told; empty when no bracket is open on the level.</summary>
    internal ref readonly InvalidationRange Range => ref _range;

    /// <summary>Who was told of the start, and is told of the end.</summary>
    internal SubscriptionSnapshot? Snapshot { get; private set; }

    /// <summary>
    /// How many intervals were opened. Which ones is not listed: the same walk of the same snapshot finds them again, in the same order.
    /// </summary>
    internal int Intervals { get; private set; }

    /// <summary>Whether somebody listens to what brackets do, beside the subscribers.</summary>
    internal bool IsObserved { get; private set; }

    internal void Open(SubscriptionSnapshot? snapshot, scoped in InvalidationRange range, int intervals, bool isObserved)
    {
        _range = range;
        Snapshot = snapshot;
        Intervals = intervals;
        IsObserved = isObserved;
    }

    /// <summary>Lets go of what belongs to the subscribers and the caller.</summary>
    internal void Close()
    {
        _range = default;
        Snapshot = null;
    }
}
