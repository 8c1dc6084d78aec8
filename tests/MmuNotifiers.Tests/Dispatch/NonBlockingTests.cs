using System.Collections.Concurrent;
using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class NonBlockingTests
{
    private readonly NotifierSubscriptions _subscriptions = new();
    private readonly ConcurrentQueue<string> _calls = new();

    [Fact]
    public void Everybody_accepts_and_the_bracket_is_like_any_other()
    {
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        _subscriptions.Add(new RecordingInterval("i") { Calls = _calls }, Pages(1));

        Assert.True(_subscriptions.TryInvalidate(Unmap(1), out InvalidationScope scope));
        scope.Dispose();

        Assert.Equal(["i.invalidate [0x1000, 0x2000)", "a.start [0x1000, 0x2000)", "a.end [0x1000, 0x2000)"], _calls);
    }

    [Fact]
    public void B14_A_refusal_ends_the_bracket_for_everyone_who_had_accepted_and_tells_nobody_else()
    {
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        _subscriptions.Add(new RecordingNotifier("b") { Calls = _calls, OnStart = range => range.IsBlockable });
        _subscriptions.Add(new RecordingNotifier("c") { Calls = _calls });

        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out InvalidationScope scope));
        scope.Dispose();

        Assert.Equal(["a.start [0x1000, 0x2000)", "b.start [0x1000, 0x2000)", "a.end [0x1000, 0x2000)"], _calls);
    }

    [Fact]
    public void B15_A_subscriber_that_refuses_gets_no_end_so_it_must_hold_nothing()
    {
        bool isHeld = false;
        RecordingNotifier notifier = new()
        {
            OnStart = range =>
            {
                isHeld = true;
                if (!range.IsBlockable)
                {
                    isHeld = false;
                    return false;
                }

                return true;
            },
            OnEnd = _ => isHeld = false,
        };
        _subscriptions.Add(notifier);

        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out _));
        Assert.False(isHeld);
        using (_subscriptions.Invalidate(Unmap(1)))
        {
            Assert.True(isHeld);
        }

        Assert.False(isHeld);
    }

    [Fact]
    public void B30_When_the_list_refuses_the_intervals_are_closed_so_that_their_readers_go_on()
    {
        IntervalSubscription hit = _subscriptions.Add(new RecordingInterval("i") { Calls = _calls }, Pages(1));
        IntervalSubscription hitToo = _subscriptions.Add(new RecordingInterval("j") { Calls = _calls }, Pages(0, 9));
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls, OnStart = _ => false });
        ulong before = hit.ReadBegin();

        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out _));

        Assert.True(hit.ReadRetry(before));
        TestThread.Run(() => Assert.False(hit.ReadRetry(hit.ReadBegin()))).Join();
        TestThread.Run(() => Assert.False(hitToo.ReadRetry(hitToo.ReadBegin()))).Join();
    }

    [Fact]
    public void When_an_interval_refuses_those_before_it_are_closed_and_the_rest_is_not_told()
    {
        IntervalSubscription[] intervals =
        [
            _subscriptions.Add(new RecordingInterval("i0") { Calls = _calls }, Pages(1)),
            _subscriptions.Add(new RecordingInterval("i1") { Calls = _calls, OnInvalidate = _ => false }, Pages(1)),
            _subscriptions.Add(new RecordingInterval("i2") { Calls = _calls }, Pages(1)),
        ];
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });

        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out _));

        Assert.Equal(["i0.invalidate [0x1000, 0x2000)", "i1.invalidate [0x1000, 0x2000)"], _calls);
        Assert.All(intervals, interval => TestThread.Run(() => interval.ReadBegin()).Join());
    }

    [Fact]
    public void A_refused_bracket_leaves_no_mark_so_that_registration_does_not_wait()
    {
        NotifierSubscription refuser = _subscriptions.Add(new RecordingNotifier { OnStart = _ => false });
        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out _));
        refuser.Dispose();
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void Who_refuses_a_blockable_range_breaks_the_contract_and_the_bracket_is_rolled_back()
    {
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        NotifierSubscription refuser = _subscriptions.Add(new RecordingNotifier("b") { Calls = _calls, OnStart = _ => false });

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => _subscriptions.Invalidate(Unmap(1)).Dispose());

        Assert.Contains(nameof(RecordingNotifier), thrown.Message, StringComparison.Ordinal);
        Assert.Equal(["a.start [0x1000, 0x2000)", "b.start [0x1000, 0x2000)", "a.end [0x1000, 0x2000)"], _calls);
        refuser.Dispose();
    }

    [Fact]
    public void An_exception_in_a_start_rolls_the_bracket_back_and_passes_on()
    {
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval("i") { Calls = _calls }, Pages(1));
        NotifierSubscription first = _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls });
        _subscriptions.Add(new RecordingNotifier("b") { Calls = _calls, OnStart = _ => throw new FormatException() });

        Assert.Throws<FormatException>(() => _subscriptions.Invalidate(Unmap(1)).Dispose());

        Assert.Equal("a.end [0x1000, 0x2000)", _calls.Last());
        TestThread.Run(() => interval.ReadBegin()).Join();
        first.Dispose();
    }

    [Fact]
    public void An_exception_in_an_interval_callback_closes_that_interval_too()
    {
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval { OnInvalidate = _ => throw new FormatException() }, Pages(1));

        Assert.Throws<FormatException>(() => _subscriptions.Invalidate(Unmap(1)).Dispose());

        TestThread.Run(() => interval.ReadBegin()).Join();
        interval.Dispose();
    }

    [Fact]
    public void An_exception_in_an_end_reaches_the_caller_after_everybody_was_told()
    {
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval("i") { Calls = _calls }, Pages(1));
        _subscriptions.Add(new RecordingNotifier("a") { Calls = _calls, OnEnd = _ => throw new FormatException() });
        NotifierSubscription last = _subscriptions.Add(new RecordingNotifier("b") { Calls = _calls });

        Assert.Throws<FormatException>(() => _subscriptions.Invalidate(Unmap(1)).Dispose());

        Assert.Equal("b.end [0x1000, 0x2000)", _calls.Last());
        TestThread.Run(() => interval.ReadBegin()).Join();
        last.Dispose();
    }
}
