using System.Collections.Concurrent;
using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class ReleaseTests
{
    private readonly NotifierSubscriptions _subscriptions = new();
    private readonly ConcurrentQueue<string> _calls = new();

    [Fact]
    public void Release_tells_intervals_then_the_list_once_and_flushes_caches()
    {
        InvalidationEvent? reason = null;
        CountingTlb tlb = new();
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        _subscriptions.Add(tlb);
        IntervalSubscription interval = _subscriptions.Add(
            new RecordingInterval("i")
            {
                Calls = _calls,
                OnInvalidate = range =>
                {
                    reason = range.Event;
                    return true;
                },
            },
            Pages(1));

        _subscriptions.Release();
        _subscriptions.Release();

        Assert.Equal([$"i.invalidate {AddressRange.All}", "a.release"], _calls);
        Assert.Equal(InvalidationEvent.Release, reason);
        Assert.Equal([AddressRange.All], tlb.Flushes);
        interval.ReadBegin();
    }

    [Fact]
    public void B21_Nobody_can_subscribe_after_the_release()
    {
        _subscriptions.Release();

        Assert.Throws<InvalidOperationException>(() => _subscriptions.Add(new RecordingNotifier()));
        Assert.Throws<InvalidOperationException>(() => _subscriptions.Add(new RecordingInterval(), Pages(1)));
        Assert.Throws<InvalidOperationException>(() => _subscriptions.Add(new CountingTlb()));
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void After_the_release_the_list_is_silent_but_intervals_and_caches_hear_of_the_teardown()
    {
        CountingTlb tlb = new();
        NotifierSubscription list = _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        TlbSubscription cache = _subscriptions.Add(tlb);
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval("i") { Calls = _calls }, Pages(1));
        _subscriptions.Release();
        _calls.Clear();

        using (_subscriptions.Invalidate(Unmap(1)))
        {
            _subscriptions.FlushSecondaryTlbs(Pages(1));
        }

        Assert.Equal(["i.invalidate [0x1000, 0x2000)"], _calls);
        Assert.Equal([AddressRange.All, Pages(1)], tlb.Flushes);
        list.Dispose();
        cache.Dispose();
        interval.Dispose();
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void A_disposal_during_the_release_waits_for_the_callback()
    {
        using Parking inRelease = new();
        NotifierSubscription subscription = _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls, OnRelease = inRelease.Park });
        TestThread owner = TestThread.Run(_subscriptions.Release);
        inRelease.WaitForArrival();

        TestThread disposer = TestThread.Run(subscription.Dispose);
        disposer.AssertBlocks();
        inRelease.Release();
        owner.Join();
        disposer.Join();

        Assert.Equal(["a.release"], _calls);
    }

    [Fact]
    public void A_subscription_that_was_disposed_before_is_not_released()
    {
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls }).Dispose();
        _subscriptions.Release();
        Assert.Empty(_calls);
    }

    [Fact]
    public void The_release_waits_for_brackets_in_flight()
    {
        using Parking inEnd = new();
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls, OnEnd = _ => inEnd.Park() });
        TestThread primary = TestThread.Run(() => _subscriptions.Invalidate(Unmap(1)).Dispose());
        inEnd.WaitForArrival();

        TestThread owner = TestThread.Run(_subscriptions.Release);
        owner.AssertBlocks();
        inEnd.Release();
        primary.Join();
        owner.Join();
    }

    [Fact]
    public void One_release_that_throws_does_not_keep_the_others_from_being_told()
    {
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls, OnRelease = () => throw new FormatException() });
        _subscriptions.Add(new RecordingNotifier("b") { Calls = _calls });

        Assert.Throws<FormatException>(_subscriptions.Release);

        Assert.Equal(["a.release", "b.release"], _calls);
        Assert.True(_subscriptions.IsEmpty);
    }
}
