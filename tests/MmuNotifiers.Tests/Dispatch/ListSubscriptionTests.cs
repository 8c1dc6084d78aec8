using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class ListSubscriptionTests
{
    private readonly NotifierSubscriptions _subscriptions = new();

    [Fact]
    public void Every_start_is_followed_by_its_end()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _subscriptions.Add(notifier);

        using (_subscriptions.Invalidate(Unmap(1, 2)))
        {
            Assert.Equal(["n.start [0x1000, 0x3000)"], notifier.Calls);
            using (_subscriptions.Invalidate(Unmap(2)))
            {
            }
        }

        Assert.Equal(
            ["n.start [0x1000, 0x3000)", "n.start [0x2000, 0x3000)", "n.end [0x2000, 0x3000)", "n.end [0x1000, 0x3000)"], notifier.Calls);
    }

    [Fact]
    public void Disposing_a_bracket_twice_ends_it_once()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _subscriptions.Add(notifier);

        InvalidationScope scope = _subscriptions.Invalidate(Unmap(1));
        scope.Dispose();
        scope.Dispose();

        Assert.Equal(2, notifier.Calls.Count);
    }

    [Fact]
    public void Brackets_of_a_thread_must_end_in_reverse_order()
    {
        RecordingNotifier notifier = new();
        NotifierSubscription subscription = _subscriptions.Add(notifier);
        InvalidationScope outer = _subscriptions.Invalidate(Unmap(1));
        InvalidationScope inner = _subscriptions.Invalidate(Unmap(2));
        bool isRefused = false;
        try
        {
            InvalidationScope tooEarly = outer;
            tooEarly.Dispose();
        }
        catch (InvalidOperationException)
        {
            isRefused = true;
        }

        inner.Dispose();
        outer.Dispose();

        Assert.True(isRefused);
        Assert.Equal(4, notifier.Calls.Count);
        subscription.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B6_Registration_waits_for_a_bracket_that_began_without_the_subscriber(bool somebodyElseIsSubscribed)
    {
        if (somebodyElseIsSubscribed)
        {
            _subscriptions.Add(new RecordingNotifier());
        }

        using Parking inBracket = new();
        RecordingNotifier late = new();
        bool bracketEnded = false;
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(1));
            inBracket.Park();
            Volatile.Write(ref bracketEnded, true);
        });
        inBracket.WaitForArrival();

        TestThread registrar = TestThread.Run(() =>
        {
            _subscriptions.Add(late);
            Assert.True(Volatile.Read(ref bracketEnded));
        });
        registrar.AssertBlocks();
        inBracket.Release();
        primary.Join();
        registrar.Join();

        Assert.Empty(late.Calls);
    }

    [Fact]
    public void Registration_does_not_wait_for_brackets_that_begin_after_it()
    {
        using Parking old = new();
        using Parking young = new();
        RecordingNotifier late = new();
        TestThread oldBracket = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(1));
            old.Park();
        });
        old.WaitForArrival();
        TestThread registrar = TestThread.Run(() => _subscriptions.Add(late));
        registrar.AssertBlocks();
        TestThread youngBracket = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(9));
            young.Park();
        });
        young.WaitForArrival();

        old.Release();
        registrar.Join();

        Assert.Equal(["n.start [0x9000, 0xa000)"], late.Calls);
        young.Release();
        oldBracket.Join();
        youngBracket.Join();
        Assert.Equal(["n.start [0x9000, 0xa000)", "n.end [0x9000, 0xa000)"], late.Calls);
    }

    [Fact]
    public void Disposal_waits_for_a_running_callback_and_then_none_runs()
    {
        using Parking inCallback = new();
        RecordingNotifier notifier = new();
        notifier.OnStart = _ =>
        {
            inCallback.Park();
            return true;
        };
        NotifierSubscription subscription = _subscriptions.Add(notifier);
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(1));
        });
        inCallback.WaitForArrival();

        TestThread disposer = TestThread.Run(subscription.Dispose);
        disposer.AssertBlocks();
        inCallback.Release();
        primary.Join();
        disposer.Join();
        using (_subscriptions.Invalidate(Unmap(1)))
        {
        }

        Assert.Equal(["n.start [0x1000, 0x2000)", "n.end [0x1000, 0x2000)"], notifier.Calls);
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void A_bracket_tells_its_end_to_those_it_told_of_its_start_even_if_one_is_being_disposed()
    {
        RecordingNotifier notifier = new();
        NotifierSubscription subscription = _subscriptions.Add(notifier);
        using Parking inBracket = new();
        TestThread primary = TestThread.Run(() =>
        {
            using InvalidationScope scope = _subscriptions.Invalidate(Unmap(1));
            inBracket.Park();
        });
        inBracket.WaitForArrival();
        TestThread disposer = TestThread.Run(subscription.Dispose);
        disposer.AssertBlocks();

        using (_subscriptions.Invalidate(Unmap(5)))
        {
        }

        Assert.Single(notifier.Calls);
        inBracket.Release();
        primary.Join();
        disposer.Join();
        Assert.Equal(["n.start [0x1000, 0x2000)", "n.end [0x1000, 0x2000)"], notifier.Calls);
    }

    [Fact]
    public void Registering_or_ending_a_subscription_inside_a_bracket_is_refused_instead_of_a_deadlock()
    {
        NotifierSubscription subscription = _subscriptions.Add(new RecordingNotifier());
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(100));
        TlbSubscription tlb = _subscriptions.Add(new CountingTlb());
        using (_subscriptions.Invalidate(Unmap(1)))
        {
            Assert.Throws<InvalidOperationException>(() => _subscriptions.Add(new RecordingNotifier()));
            Assert.Throws<InvalidOperationException>(() => _subscriptions.Add(new CountingTlb()));
            Assert.Throws<InvalidOperationException>(subscription.Dispose);
            Assert.Throws<InvalidOperationException>(interval.Dispose);
            Assert.Throws<InvalidOperationException>(tlb.Dispose);
            Assert.Throws<InvalidOperationException>(_subscriptions.Release);
        }

        subscription.Dispose();
        interval.Dispose();
        tlb.Dispose();
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void A_bracket_of_another_address_space_does_not_hold_up_a_registration()
    {
        NotifierSubscriptions other = new();
        using InvalidationScope scope = other.Invalidate(Unmap(1));

        using NotifierSubscription subscription = _subscriptions.Add(new RecordingNotifier());

        Assert.False(_subscriptions.IsEmpty);
    }

    [Fact]
    public void One_object_cannot_both_copy_the_table_and_share_it()
    {
        BothFamilies both = new();
        Assert.Throws<ArgumentException>(() => _subscriptions.Add((IMmuNotifier)both));
        Assert.Throws<ArgumentException>(() => _subscriptions.Add((ISecondaryTlb)both));
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void The_same_object_may_subscribe_twice_and_is_told_twice()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription first = _subscriptions.Add(notifier);
        using (NotifierSubscription second = _subscriptions.Add(notifier))
        {
            _subscriptions.Invalidate(Unmap(1)).Dispose();
            Assert.Equal(4, notifier.Calls.Count);
        }

        _subscriptions.Invalidate(Unmap(1)).Dispose();
        Assert.Equal(6, notifier.Calls.Count);
    }

    private sealed class BothFamilies : RecordingNotifier, ISecondaryTlb
    {
        public void Invalidate(AddressRange range) => Calls.Enqueue("flush");
    }
}
