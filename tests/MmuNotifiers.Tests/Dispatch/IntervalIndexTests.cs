using CsCheck;
using MmuNotifiers.Tests.Support;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class IntervalIndexTests
{
    private static readonly NotifierSubscriptions Owner = new();

    /// <summary>Ranges of every width, crowded at a few places so that they overlap, with the edges of the address space among them.</summary>
    private static readonly Gen<AddressRange> AnyRange = Gen.OneOf(
        Gen.Select(Gen.ULong[0, 200], Gen.ULong[1, 40], (first, pages) => Ranges.Pages(first, pages)),
        Gen.Select(Gen.ULong[0, 3], Gen.ULong[0, 600], Gen.ULong[1, 9], (island, first, pages) => Ranges.Pages((island << 30) + first, pages)),
        Gen.Select(Gen.Int[0, 49], Gen.ULong[0, 3], (shift, first) => Ranges.Pages(first << shift, 1UL << shift)),
        Gen.Select(Gen.ULong[1, 64], pages => Ranges.Pages((1UL << 52) - 1 - pages, pages)),
        Gen.Const(AddressRange.All));

    [Fact]
    public void A_query_visits_exactly_the_intervals_that_overlap_it_each_once()
    {
        Gen.Select(AnyRange.Array[0, 300], Gen.Int[0, 299].Array[0, 150], AnyRange.Array[1, 20]).Sample((added, removed, queries) =>
        {
            IntervalIndex index = IntervalIndex.Empty;
            List<IntervalSubscription> model = [];
            foreach (AddressRange range in added)
            {
                model.Add(new IntervalSubscription(Owner, new RecordingInterval(), range));
                index = index.With(model[^1]);
            }

            foreach (int at in removed.Where(at => at < model.Count))
            {
                index = index.Without(model[at]);
                model.RemoveAt(at);
            }

            Assert.Equal(model.Count, index.Count);
            foreach (AddressRange query in queries)
            {
                Collector collector = new() { Found = [] };
                index.Walk(query, ref collector);
                Assert.Equal(collector.Found.Count, collector.Found.Distinct().Count());
                Assert.Equal(
                    [.. model.Where(interval => interval.Range.Overlaps(query))], collector.Found.ToHashSet());
            }
        }, iter: 400);
    }

    [Fact]
    public void The_last_one_out_leaves_an_empty_index()
    {
        AnyRange.Array[1, 200].Sample(ranges =>
        {
            IntervalSubscription[] intervals = [.. ranges.Select(range => new IntervalSubscription(Owner, new RecordingInterval(), range))];
            IntervalIndex index = intervals.Aggregate(IntervalIndex.Empty, (all, interval) => all.With(interval));
            index = intervals.Reverse().Aggregate(index, (all, interval) => all.Without(interval));
            Assert.Null(index.Root);
            Assert.Empty(index.Wide);
        }, iter: 200);
    }

    [Fact]
    public void An_older_index_does_not_change_when_a_newer_one_is_made_of_it()
    {
        IntervalSubscription[] intervals = [.. Enumerable.Range(0, 100).Select(
            i => new IntervalSubscription(Owner, new RecordingInterval(), Ranges.Pages((ulong)i * 2)))];
        IntervalIndex old = intervals[..50].Aggregate(IntervalIndex.Empty, (all, interval) => all.With(interval));
        IntervalIndex young = intervals[50..].Aggregate(old, (all, interval) => all.With(interval)).Without(intervals[0]);

        Assert.Equal(intervals[..50], Walk(old));
        Assert.Equal(intervals[1..], Walk(young));
        Assert.Equal(Walk(young), Walk(young));
    }

    [Fact]
    public void A_visitor_that_stops_is_not_called_again()
    {
        IntervalIndex index = Enumerable.Range(0, 100).Aggregate(
            IntervalIndex.Empty, (all, i) => all.With(new IntervalSubscription(Owner, new RecordingInterval(), Ranges.Pages((ulong)i))));
        InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Clear);
        IntervalCloser three = new(in everything, 3, 3);
        foreach (IntervalSubscription interval in Walk(index))
        {
            interval.OpenBracket();
        }

        Assert.False(index.Walk(AddressRange.All, ref three));

        Assert.Equal(3, Walk(index).Count(interval => !interval.HasOpenBrackets));
    }

    private static List<IntervalSubscription> Walk(IntervalIndex index)
    {
        Collector collector = new() { Found = [] };
        index.Walk(AddressRange.All, ref collector);
        return collector.Found;
    }

    private struct Collector : IIntervalVisitor
    {
        internal required List<IntervalSubscription> Found { get; init; }

        public readonly bool Visit(IntervalSubscription subscription)
        {
            Found.Add(subscription);
            return true;
        }
    }
}
