using CsCheck;
using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>One question about many pages: the bitmaps, and who is asked about which of them.</summary>
public sealed class AgeQueryTests
{
    private const int MaxPages = 300;

    private readonly NotifierSubscriptions _subscriptions = new(NotifierOptions.Count);

    [Fact]
    public void A_part_asks_about_the_same_pages_and_answers_in_the_same_place() =>
        Gen.Select(Gen.Int[0, MaxPages - 1].HashSet[0, 60], Gen.Int[0, MaxPages], Gen.Int[0, MaxPages])
            .Sample((asked, from, length) => CheckPart(asked, from, Math.Min(length, MaxPages - from)), iter: 3000);

    [Fact]
    public void Pages_are_asked_one_by_one_where_a_subscriber_knows_nothing_better()
    {
        Ageing ageing = new(Pages(70, 2));
        _subscriptions.Add(ageing);
        Assert.Equal([70], Ask(Pages(5, 100), 5, 6, 70, 104));
        Assert.Equal([5UL, 6, 70, 104], ageing.Asked);
    }

    [Fact]
    public void The_answers_of_all_are_ORed_and_nobody_unsets_one()
    {
        _subscriptions.Add(new Ageing(Pages(3)));
        _subscriptions.Add(new Ageing(Pages(5)));
        _subscriptions.Add(new RecordingNotifier());
        Assert.Equal([3, 5], Ask(Pages(0, 64), 2, 3, 4, 5));
        Assert.Equal(2, _subscriptions.Statistics.AgingCalls);
    }

    [Fact]
    public void Intervals_and_attached_ranges_are_asked_about_their_part()
    {
        AgeingInterval interval = new(Pages(0, 1000));
        AgeingInterval elsewhere = new(Pages(0, 1000));
        using IntervalSubscription first = _subscriptions.Add(interval, Pages(10, 4));
        using IntervalSubscription second = _subscriptions.Add(elsewhere, Pages(500, 4));
        _subscriptions.Add(new RecordingInterval(), Pages(10, 4));
        Ageing byRange = new(Pages(0, 1000));
        NotifierSubscription subscription = _subscriptions.AddByRange(byRange);
        _subscriptions.Exchange(subscription, [], [new AttachedRange(subscription, Pages(20, 2), null, isSettled: true)]);

        Assert.Equal([13, 20], Ask(Pages(0, 100), 9, 13, 14, 20, 22));
        Assert.Equal([13UL], interval.Asked);
        Assert.Equal([20UL], byRange.Asked);
        Assert.Empty(elsewhere.Asked);
        Assert.True(_subscriptions.ClearFlushYoung(Pages(8, 4)));
        Assert.Equal([13UL, 10, 11], interval.Asked);
        Assert.True(_subscriptions.TestYoung(VirtualAddress.OfPage(11)));
        Assert.False(_subscriptions.TestYoung(VirtualAddress.OfPage(14)));
    }

    [Fact]
    public void An_interval_that_has_ended_is_asked_no_more()
    {
        AgeingInterval interval = new(Pages(0, 1000));
        IntervalSubscription subscription = _subscriptions.Add(interval, Pages(10, 4));
        Assert.True(_subscriptions.HasAging);
        subscription.Dispose();
        Assert.False(_subscriptions.HasAging);
        Assert.Empty(Ask(Pages(0, 100), 10));
        Assert.Empty(interval.Asked);
    }

    [Fact]
    public void Bitmaps_that_are_too_short_and_pages_outside_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new AgeQuery(Pages(0, 65), new ulong[1], new ulong[2]).Pages);
        Assert.Throws<ArgumentException>(() => new AgeQuery(Pages(0, 65), new ulong[2], new ulong[1]).Pages);
        Assert.Throws<ArgumentException>(() => new AgeQuery(new AddressRange(new(1), new(2)), new ulong[1], new ulong[1]).Pages);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgeQuery(Pages(0, 5), new ulong[1], new ulong[1]).MarkYoung(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgeQuery(Pages(0, 5), new ulong[1], new ulong[1]).MarkYoung(-1));
    }

    private static void CheckPart(HashSet<int> asked, int from, int length)
    {
        AddressRange whole = Pages(1000, MaxPages);
        ulong[] young = new ulong[(MaxPages + 63) / 64];
        AgeQuery part = new AgeQuery(whole, Bits(asked), young).Within(Pages(1000 + (ulong)from, (ulong)length));
        List<int> found = [];
        for (int page = part.NextAsked(0); page < part.Pages; page = part.NextAsked(page + 1))
        {
            Assert.Equal(whole.Start + ((ulong)(from + page) << Page.Shift), part.AddressOf(page));
            found.Add(from + page);
            part.MarkYoung(page);
        }

        int[] expected = [.. asked.Where(page => page >= from && page < from + length).Order()];
        Assert.Equal(expected, found);
        Assert.Equal(Bits(expected), young);
    }

    /// <summary>Asks about pages by their numbers, and returns the numbers of the young ones.</summary>
    private int[] Ask(AddressRange range, params ulong[] pages)
    {
        ulong first = range.Start.PageNumber;
        ulong[] young = new ulong[(range.Pages + 63) / 64];
        _subscriptions.ClearYoung(new AgeQuery(range, Bits(pages.Select(page => (int)(page - first)), (int)range.Pages), young));
        return [.. Enumerable.Range(0, (int)range.Pages).Where(page => (young[page / 64] & (1UL << (page % 64))) != 0).Select(page => page + (int)first)];
    }

    private static ulong[] Bits(IEnumerable<int> pages, int count = MaxPages)
    {
        ulong[] bits = new ulong[(count + 63) / 64];
        foreach (int page in pages)
        {
            bits[page / 64] |= 1UL << (page % 64);
        }

        return bits;
    }

    /// <summary>Has used a range, and knows nothing better than one page after the other.</summary>
    private sealed class Ageing(AddressRange used) : RecordingNotifier, IAgingNotifier
    {
        internal List<ulong> Asked { get; } = [];

        public bool ClearFlushYoung(AddressRange range) => ClearYoung(range);

        public bool ClearYoung(AddressRange range)
        {
            Asked.Add(range.Start.PageNumber);
            return used.Overlaps(range);
        }

        public bool TestYoung(VirtualAddress address) => used.Contains(address);
    }

    /// <summary>The same, for an interval.</summary>
    private sealed class AgeingInterval(AddressRange used) : IIntervalNotifier, IAgingNotifier
    {
        internal List<ulong> Asked { get; } = [];

        public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence) => true;

        public bool ClearFlushYoung(AddressRange range)
        {
            for (ulong page = range.Start.PageNumber; page < range.End.PageNumber; page++)
            {
                Asked.Add(page);
            }

            return used.Overlaps(range);
        }

        public bool ClearYoung(AddressRange range) => ClearFlushYoung(range);

        public bool TestYoung(VirtualAddress address) => used.Contains(address);
    }
}
