namespace MmuNotifiers;

/// <summary>All intervals of one snapshot, immutable.</summary>
/// <param name="Root">The intervals of ordinary width, or null.</param>
/// <param name="Wide">Those that are too wide for any level of the tree.</param>
/// <param name="Count">How many there are.</param>
internal sealed record IntervalIndex(IntervalNode? Root, IntervalEntry[] Wide, int Count)
{
    internal static IntervalIndex Empty { get; } = new(null, [], 0);

    /// <summary>An index with one more interval.</summary>
    internal IntervalIndex With(IntervalSubscription subscription)
    {
        IntervalEntry entry = IntervalEntry.Of(subscription);
        int shift = entry.NaturalShift();
        return shift > IntervalNode.TopShift
            ? new IntervalIndex(Root, [.. Wide, entry], Count + 1)
            : new IntervalIndex(IntervalNode.With(Root, in entry, shift), Wide, Count + 1);
    }

    /// <summary>An index without an interval that is in it.</summary>
    internal IntervalIndex Without(IntervalSubscription subscription)
    {
        IntervalEntry entry = IntervalEntry.Of(subscription);
        return entry.NaturalShift() > IntervalNode.TopShift
            ? new IntervalIndex(Root, [.. Wide.Where(wide => wide.Subscription != subscription)], Count - 1)
            : new IntervalIndex(Root!.Without(in entry), Wide, Count - 1);
    }

    /// <summary>What the index takes on the heap, in bytes, the intervals themselves aside.</summary>
    internal long MeasureBytes() => IntervalSlot.MeasureBytes(Wide) + (Root?.MeasureBytes() ?? 0);

    /// <summary>Visits every interval that overlaps the range once, always in the same order.</summary>
    /// <returns>False if the visitor stopped.</returns>
    internal bool Walk<TVisitor>(AddressRange range, ref TVisitor visitor)
        where TVisitor : struct, IIntervalVisitor, allows ref struct
    {
        if (range.IsEmpty)
        {
            return true;
        }

        ulong first = range.Start.Value;
        ulong last = range.End.Value - 1;
        foreach (ref readonly IntervalEntry entry in Wide.AsSpan())
        {
            if (entry.Overlaps(first, last) && !visitor.Visit(entry.Subscription))
            {
                return false;
            }
        }

        return IntervalNode.Walk(Root, first, last, ref visitor);
    }
}
