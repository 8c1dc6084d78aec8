using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class IntervalSubscriptionTests
{
    private readonly NotifierSubscriptions _subscriptions = new();

    [Fact]
    public void A_reader_that_overlaps_an_invalidation_must_retry()
    {
        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        ulong sequence = interval.ReadBegin();
        Assert.False(interval.ReadRetry(sequence));

        _subscriptions.Invalidate(Unmap(4, 4)).Dispose();

        Assert.True(interval.CheckRetry(sequence));
        Assert.True(interval.ReadRetry(sequence));
        Assert.False(interval.ReadRetry(interval.ReadBegin()));
    }

    [Fact]
    public void A_bracket_beside_the_interval_neither_calls_nor_disturbs_its_reader()
    {
        RecordingInterval notifier = new();
        using IntervalSubscription interval = _subscriptions.Add(notifier, Pages(4, 4));
        ulong sequence = interval.ReadBegin();

        using (_subscriptions.Invalidate(Unmap(0, 4)))
        using (_subscriptions.Invalidate(Unmap(8, 4)))
        {
            Assert.Equal(sequence, interval.ReadBegin());
        }

        Assert.False(interval.ReadRetry(sequence));
        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void ReadBegin_waits_until_the_bracket_over_the_interval_has_ended()
    {
        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        interval.ReadBegin();
        using Parking inBracket = new();
        bool bracketEnded = false;
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(2));
            inBracket.Park();
            Volatile.Write(ref bracketEnded, true);
        });
        inBracket.WaitForArrival();
        TestThread reader = TestThread.Run(() =>
        {
            ulong sequence = interval.ReadBegin();
            Assert.True(Volatile.Read(ref bracketEnded));
            Assert.False(interval.ReadRetry(sequence));
        });

        reader.AssertBlocks();
        inBracket.Release();
        primary.Join();
        reader.Join();
    }

    [Fact]
    public void ReadBegin_waits_for_every_one_of_several_brackets()
    {
        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        interval.ReadBegin();
        using Parking first = new();
        using Parking second = new();
        TestThread[] primaries = [.. new[] { first, second }.Select(parking => TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(2));
            parking.Park();
        }))];
        first.WaitForArrival();
        second.WaitForArrival();
        TestThread[] readers = [.. Enumerable.Range(0, 3).Select(_ => TestThread.Run(() => interval.ReadBegin()))];

        Assert.All(readers, reader => reader.AssertBlocks());
        first.Release();
        primaries[0].Join();
        Assert.All(readers, reader => reader.AssertBlocks());
        second.Release();
        primaries[1].Join();
        Assert.All(readers, reader => reader.Join());
    }

    [Fact]
    public void An_interval_that_is_inserted_into_an_open_bracket_is_born_colliding()
    {
        using Parking overlapping = new();
        using Parking beside = new();
        RecordingInterval notifier = new();
        TestThread overlappingBracket = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(2));
            overlapping.Park();
        });
        TestThread besideBracket = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(50));
            beside.Park();
        });
        overlapping.WaitForArrival();
        beside.WaitForArrival();

        using IntervalSubscription interval = _subscriptions.Add(notifier, Pages(1, 4));
        TestThread reader = TestThread.Run(() => interval.ReadBegin());
        reader.AssertBlocks();
        overlapping.Release();
        overlappingBracket.Join();
        reader.Join();

        Assert.Empty(notifier.Calls);
        beside.Release();
        besideBracket.Join();
    }

    [Fact]
    public void A_nested_bracket_counts_for_an_interval_that_is_inserted_into_it()
    {
        using Parking parking = new();
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope outer = _subscriptions.Invalidate(Unmap(50));
            using InvalidationScope inner = _subscriptions.Invalidate(Unmap(2));
            parking.Park();
        });
        parking.WaitForArrival();

        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        TestThread reader = TestThread.Run(() => interval.ReadBegin());

        reader.AssertBlocks();
        parking.Release();
        primary.Join();
        reader.Join();
    }

    [Fact]
    public void Disposal_waits_for_an_open_bracket_over_the_interval_and_then_nothing_is_told()
    {
        RecordingInterval notifier = new();
        IntervalSubscription interval = _subscriptions.Add(notifier, Pages(1, 4));
        using Parking inBracket = new();
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(2));
            inBracket.Park();
        });
        inBracket.WaitForArrival();
        TestThread disposer = TestThread.Run(interval.Dispose);
        disposer.AssertBlocks();
        inBracket.Release();
        disposer.Join();
        primary.Join();

        _subscriptions.Invalidate(Unmap(2)).Dispose();

        Assert.Single(notifier.Calls);
        interval.Dispose();
    }

    [Fact]
    public void A_reader_of_a_disposed_interval_must_retry_and_cannot_begin()
    {
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        ulong sequence = interval.ReadBegin();

        interval.Dispose();

        Assert.True(interval.ReadRetry(sequence));
        Assert.Throws<ObjectDisposedException>(() => interval.ReadBegin());
    }

    [Fact]
    public void Each_bracket_start_gives_an_odd_sequence_of_its_own()
    {
        HashSet<ulong> seen = [];
        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        Assert.True(seen.Add(interval.ReadBegin()));
        for (int i = 0; i < 100; i++)
        {
            _subscriptions.Invalidate(Unmap(1)).Dispose();
            ulong sequence = interval.ReadBegin();
            Assert.Equal(1UL, sequence & 1);
            Assert.True(seen.Add(sequence));
        }
    }

    [Fact]
    public void ReadBegin_inside_the_thread_s_own_bracket_over_the_interval_is_refused_instead_of_a_deadlock()
    {
        using IntervalSubscription settled = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
        settled.ReadBegin();
        using (_subscriptions.Invalidate(Unmap(2)))
        {
            IntervalSubscription born = _subscriptions.Add(new RecordingInterval(), Pages(1, 4));
            Assert.Throws<InvalidOperationException>(() => settled.ReadBegin());
            Assert.Throws<InvalidOperationException>(() => born.ReadBegin());
        }

        Assert.False(settled.ReadRetry(settled.ReadBegin()));
    }

    [Theory]
    [InlineData(0x1000, 0x1000)]
    [InlineData(0x1001, 0x2000)]
    [InlineData(0x1000, 0x2fff)]
    public void An_interval_that_is_empty_or_not_page_aligned_is_refused_with_its_numbers(ulong start, ulong end)
    {
        AddressRange range = new(new VirtualAddress(start), new VirtualAddress(end));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _subscriptions.Add(new RecordingInterval(), range));
        Assert.Contains($"[0x{start:x}, 0x{end:x})", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_over_everything_hears_of_every_bracket()
    {
        RecordingInterval notifier = new();
        using IntervalSubscription interval = _subscriptions.Add(notifier, AddressRange.All);
        _subscriptions.Invalidate(Unmap(0)).Dispose();
        _subscriptions.Invalidate(Unmap(0x7ffff_ffffUL, 1)).Dispose();
        Assert.Equal(2, notifier.Calls.Count);
    }
}
