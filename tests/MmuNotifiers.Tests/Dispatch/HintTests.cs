using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class HintTests
{
    private readonly NotifierSubscriptions _subscriptions = new(NotifierOptions.Count);

    [Fact]
    public void Ageing_answers_are_ORed_and_everybody_is_asked_to_clear()
    {
        Ageing young = new(isYoung: true);
        Ageing old = new(isYoung: false);
        _subscriptions.Add(new RecordingNotifier());
        _subscriptions.Add(young);
        _subscriptions.Add(old);

        Assert.True(_subscriptions.ClearFlushYoung(Pages(1)));
        Assert.True(_subscriptions.ClearYoung(Pages(1)));
        Assert.Equal(2, young.Asked);
        Assert.Equal(2, old.Asked);
    }

    [Fact]
    public void Testing_young_stops_at_the_first_yes()
    {
        Ageing young = new(isYoung: true);
        Ageing behind = new(isYoung: true);
        _subscriptions.Add(young);
        _subscriptions.Add(behind);

        Assert.True(_subscriptions.TestYoung(new VirtualAddress(0x1000)));
        Assert.Equal(1, young.Asked);
        Assert.Equal(0, behind.Asked);
    }

    [Fact]
    public void With_nobody_to_ask_no_page_is_young()
    {
        Assert.False(_subscriptions.ClearFlushYoung(Pages(1)));
        Assert.False(_subscriptions.ClearYoung(Pages(1)));
        Assert.False(_subscriptions.TestYoung(VirtualAddress.Zero));
    }

    [Fact]
    public void Disposal_waits_for_an_ageing_call_although_no_bracket_is_open()
    {
        using Parking inCall = new();
        NotifierSubscription subscription = _subscriptions.Add(new Ageing(isYoung: true) { OnAsked = inCall.Park });
        TestThread reclaim = TestThread.Run(() => _subscriptions.ClearYoung(Pages(1)));
        inCall.WaitForArrival();

        TestThread disposer = TestThread.Run(subscription.Dispose);
        disposer.AssertBlocks();
        inCall.Release();
        reclaim.Join();
        disposer.Join();
    }

    [Fact]
    public void A_running_ageing_call_does_not_hold_up_readers_of_intervals()
    {
        using Parking inCall = new();
        _subscriptions.Add(new Ageing(isYoung: true) { OnAsked = inCall.Park });
        TestThread reclaim = TestThread.Run(() => _subscriptions.ClearYoung(Pages(1)));
        inCall.WaitForArrival();

        using IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1));
        interval.ReadBegin();

        inCall.Release();
        reclaim.Join();
    }

    [Fact]
    public void Updates_and_changes_of_protection_reach_those_who_prefetch()
    {
        Prefetching prefetching = new();
        _subscriptions.Add(new RecordingNotifier());
        _subscriptions.Add(prefetching);

        _subscriptions.UpdateRange(Pages(1), AccessRights.Read);
        _subscriptions.ChangeProtection(Pages(2), AccessRights.None);

        Assert.Equal([$"update {Pages(1)} {AccessRights.Read}", $"protect {Pages(2)} {AccessRights.None}"], prefetching.Hints);
    }

    [Fact]
    public void A_prefetch_may_read_its_interval_inside_the_update()
    {
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1));
        ulong sequence = 0;
        _subscriptions.Add(new Prefetching { OnHint = () => sequence = interval.ReadBegin() });

        _subscriptions.UpdateRange(Pages(1), AccessRights.Read);

        Assert.False(interval.ReadRetry(sequence));
    }

    [Fact]
    public void Every_cache_is_flushed_and_no_other_subscriber_hears_of_it()
    {
        CountingTlb[] tlbs = [new(), new()];
        RecordingNotifier notifier = new();
        _subscriptions.Add(notifier);
        Assert.All(tlbs, tlb => _subscriptions.Add(tlb));

        _subscriptions.FlushSecondaryTlbs(Pages(3));

        Assert.All(tlbs, tlb => Assert.Equal([Pages(3)], tlb.Flushes));
        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void Statistics_count_what_was_asked_for()
    {
        _subscriptions.Add(new Ageing(isYoung: true));
        _subscriptions.Add(new Prefetching());
        NotifierSubscription refuser = _subscriptions.Add(new RecordingNotifier { OnStart = range => range.IsBlockable });
        _subscriptions.Add(new RecordingInterval(), Pages(1, 8));
        _subscriptions.Add(new CountingTlb());

        _subscriptions.Invalidate(Unmap(1, 2)).Dispose();
        Assert.False(_subscriptions.TryInvalidate(Unmap(100), out _));
        refuser.Dispose();
        _subscriptions.ClearYoung(Pages(1));
        _subscriptions.UpdateRange(Pages(1), AccessRights.Read);
        _subscriptions.FlushSecondaryTlbs(Pages(1));

        Assert.Equal(
            new NotifierStatistics(Brackets: 2, Callbacks: 7, Pages: 11, Refusals: 1, Updates: 1, TlbFlushes: 1, AgingCalls: 1, TimeSpan.Zero),
            _subscriptions.Statistics);
    }

    [Fact]
    public void Statistics_count_brackets_that_nobody_hears_of_and_measure_time_on_request()
    {
        NotifierSubscriptions timed = new(NotifierOptions.Count | NotifierOptions.MeasureTime);
        timed.Invalidate(Unmap(1)).Dispose();
        Assert.Equal(1, timed.Statistics.Brackets);
        Assert.True(timed.Statistics.Time > TimeSpan.Zero);
        Assert.True(timed.IsEmpty);

        NotifierSubscriptions uncounted = new();
        uncounted.Invalidate(Unmap(1)).Dispose();
        Assert.Equal(default, uncounted.Statistics);
    }

    private sealed class Ageing(bool isYoung) : RecordingNotifier, IAgingNotifier
    {
        internal int Asked { get; private set; }

        internal Action OnAsked { get; init; } = () => { };

        public bool ClearFlushYoung(AddressRange range) => Answer();

        public bool ClearYoung(AddressRange range) => Answer();

        public bool TestYoung(VirtualAddress address) => Answer();

        private bool Answer()
        {
            Asked++;
            OnAsked();
            return isYoung;
        }
    }

    private sealed class Prefetching : RecordingNotifier, IUpdateNotifier
    {
        internal List<string> Hints { get; } = [];

        internal Action OnHint { get; init; } = () => { };

        public void UpdateRange(AddressRange range, AccessRights rights)
        {
            Hints.Add($"update {range} {rights}");
            OnHint();
        }

        public void ChangeProtection(AddressRange range, AccessRights rights) => Hints.Add($"protect {range} {rights}");
    }
}
