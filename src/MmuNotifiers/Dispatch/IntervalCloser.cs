namespace MmuNotifiers;

/// <summary>Closes the bracket for the first so many intervals that the walk finds, and tells attached ranges of the end.</summary>
/// <param name="range">The bracket.</param>
/// <param name="count">How many intervals were opened.</param>
/// <param name="accepted">How many of them accepted, from the first on: who refused gets no end.</param>
internal ref struct IntervalCloser(ref readonly InvalidationRange range, int count, int accepted) : IIntervalVisitor
{
    private readonly ref readonly InvalidationRange _range = ref range;
    private int _closed;

    /// <summary>What the first end that threw has thrown.</summary>
    internal Exception? Thrown { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        if (subscription.Attached is { } attached && _closed < accepted)
        {
            TellEnd(attached);
        }

        subscription.CloseBracket();
        return ++_closed < count;
    }

    private void TellEnd(AttachedRange attached)
    {
        try
        {
            attached.End(in _range);
        }
#pragma warning disable CA1031 // Whatever it is, the others are owed their end first.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Thrown ??= exception;
        }
    }
}
