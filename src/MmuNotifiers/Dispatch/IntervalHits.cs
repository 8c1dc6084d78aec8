namespace MmuNotifiers;

/// <summary>
/// Which intervals a bracket has opened, without a list of them: how many, and the first. Where there are more the same walk of
/// the same snapshot finds them again.
/// </summary>
internal struct IntervalHits
{
    /// <summary>How many intervals were opened, in the order of the walk.</summary>
    internal int Count;

    /// <summary>The first of them.</summary>
    internal IntervalSubscription? First;

    /// <summary>Counts one more.</summary>
    internal void Add(IntervalSubscription subscription)
    {
        First ??= subscription;
        Count++;
    }

    /// <summary>Closes the bracket for each of them.</summary>
    internal readonly void Close(IntervalIndex intervals, AddressRange range)
    {
        if (Count == 1)
        {
            First!.CloseBracket();
        }
        else if (Count > 1)
        {
            Closer closer = new() { Remaining = Count };
            intervals.Walk(range, ref closer);
        }
    }

    private struct Closer : IIntervalVisitor
    {
        internal int Remaining;

        public bool Visit(IntervalSubscription subscription)
        {
            subscription.CloseBracket();
            return --Remaining > 0;
        }
    }
}
