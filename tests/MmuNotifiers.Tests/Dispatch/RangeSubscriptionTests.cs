using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>A subscription that hears of its ranges only.</summary>
public sealed class RangeSubscriptionTests
{
    private readonly NotifierSubscriptions _subscriptions = new();
    private readonly RecordingNotifier _notifier = new();
    private readonly NotifierSubscription _subscription;

    public RangeSubscriptionTests() => _subscription = _subscriptions.AddByRange(_notifier);

    [Fact]
    public void It_is_told_the_part_of_a_bracket_that_lies_in_each_range()
    {
        Attach(Pages(10, 4));
        Attach(Pages(20, 4));
        _subscriptions.Invalidate(Unmap(12, 10)).Dispose();
        Assert.Equal(
            ["n.start [0xc000, 0xe000)", "n.start [0x14000, 0x16000)", "n.end [0xc000, 0xe000)", "n.end [0x14000, 0x16000)"], _notifier.Calls);
    }

    [Fact]
    public void It_is_told_of_nothing_elsewhere()
    {
        _subscriptions.Invalidate(Unmap(1, 100)).Dispose();
        Attach(Pages(10, 4));
        _subscriptions.Invalidate(Unmap(14, 4)).Dispose();
        Assert.Empty(_notifier.Calls);
    }

    [Fact]
    public void A_bracket_tells_the_end_to_the_ranges_of_its_start_whatever_became_of_them()
    {
        AttachedRange whole = Attach(Pages(10, 4));
        using (_subscriptions.Invalidate(Unmap(10, 4)))
        {
            Exchange([whole], [Range(Pages(10, 2)), Range(Pages(12, 2))]);
            Assert.Equal(["n.start [0xa000, 0xe000)"], _notifier.Calls);
        }

        Assert.Equal(["n.start [0xa000, 0xe000)", "n.end [0xa000, 0xe000)"], _notifier.Calls);
        _notifier.Calls.Clear();
        _subscriptions.Invalidate(Unmap(11, 2)).Dispose();
        Assert.Equal(
            ["n.start [0xb000, 0xc000)", "n.start [0xc000, 0xd000)", "n.end [0xb000, 0xc000)", "n.end [0xc000, 0xd000)"], _notifier.Calls);
    }

    [Fact]
    public void The_first_look_up_waits_for_brackets_that_do_not_know_the_range()
    {
        AttachedRange range;
        TestThread reader;
        using (_subscriptions.Invalidate(Unmap(10, 4)))
        {
            range = Attach(Pages(10, 4));
            reader = TestThread.Run(range.Settle);
            reader.AssertBlocks();
            Assert.Empty(_notifier.Calls);
        }

        reader.Join();
        Assert.True(range.IsSettled);
    }

    [Fact]
    public void Ranges_that_leave_raise_the_version_and_those_that_come_do_not()
    {
        AttachedRange first = Attach(Pages(10));
        long version = _subscription.RangeVersion;
        Attach(Pages(20));
        Assert.Equal(version, _subscription.RangeVersion);
        Exchange([first], []);
        Assert.NotEqual(version, _subscription.RangeVersion);
    }

    [Fact]
    public void A_range_is_found_by_its_pages_and_by_its_owner_only()
    {
        NotifierSubscription other = _subscriptions.AddByRange(new RecordingNotifier("other"));
        AttachedRange mine = Attach(Pages(10, 2));
        Assert.Same(mine, _subscriptions.FindRange(_subscription, VirtualAddress.OfPage(11) + 5));
        Assert.Null(_subscriptions.FindRange(_subscription, VirtualAddress.OfPage(12)));
        Assert.Null(_subscriptions.FindRange(other, VirtualAddress.OfPage(11)));
    }

    [Fact]
    public void A_refusal_ends_the_ranges_that_had_accepted_and_no_others()
    {
        Attach(Pages(10));
        Attach(Pages(11));
        _notifier.OnStart = range => range.Range == Pages(10);
        Assert.False(_subscriptions.TryInvalidate(Unmap(10, 2), out _));
        Assert.Equal(["n.start [0xa000, 0xb000)", "n.start [0xb000, 0xc000)", "n.end [0xa000, 0xb000)"], _notifier.Calls);
    }

    [Fact]
    public void An_end_that_throws_keeps_no_other_range_from_its_end()
    {
        Attach(Pages(10));
        Attach(Pages(11));
        bool threw = false;
        _notifier.OnEnd = _ =>
        {
            if (!threw)
            {
                threw = true;
                throw new InvalidDataException("first");
            }
        };
        Assert.Throws<InvalidDataException>(() => _subscriptions.Invalidate(Unmap(10, 2)).Dispose());
        Assert.Equal(2, _notifier.Calls.Count(static call => call.StartsWith("n.end", StringComparison.Ordinal)));
        _subscriptions.Add(new RecordingNotifier()).Dispose();
    }

    [Fact]
    public void After_dispose_no_range_is_told()
    {
        Attach(Pages(10));
        _subscription.Dispose();
        _subscriptions.Invalidate(Unmap(10)).Dispose();
        Exchange([], [Range(Pages(10))]);
        _subscriptions.Invalidate(Unmap(10)).Dispose();
        Assert.Empty(_notifier.Calls);
        Assert.True(_subscriptions.IsEmpty);
    }

    [Fact]
    public void The_release_comes_once_however_many_ranges_there_are_and_nothing_follows()
    {
        Attach(Pages(10));
        Attach(Pages(11));
        _subscriptions.Release();
        _subscriptions.Invalidate(Unmap(10, 2)).Dispose();
        Assert.Equal(["n.release"], _notifier.Calls);
    }

    [Fact]
    public void Hints_and_questions_reach_it_in_its_ranges_only()
    {
        NotifierSubscriptions subscriptions = new();
        HintedNotifier hinted = new();
        NotifierSubscription subscription = subscriptions.AddByRange(hinted);
        subscriptions.Exchange(subscription, [], [new AttachedRange(subscription, Pages(10, 2), null, isSettled: true)]);
        subscriptions.UpdateRange(Pages(11, 5), AccessRights.Read);
        subscriptions.UpdateRange(Pages(30), AccessRights.Read);
        subscriptions.ChangeProtection(Pages(9, 2), AccessRights.None);
        Assert.Equal(["update [0xb000, 0xc000)", "protection [0xa000, 0xb000)"], hinted.Calls);
        Assert.True(subscriptions.ClearYoung(Pages(10)));
        Assert.False(subscriptions.ClearYoung(Pages(30)));
        Assert.True(subscriptions.ClearFlushYoung(Pages(11, 9)));
        Assert.True(subscriptions.TestYoung(VirtualAddress.OfPage(10)));
        Assert.False(subscriptions.TestYoung(VirtualAddress.OfPage(12)));
    }

    [Fact]
    public void What_its_ranges_take_is_measured()
    {
        Assert.Equal(0, _subscriptions.MeasureRangeBytes(_subscription));
        for (ulong page = 0; page < 100; page++)
        {
            Attach(Pages(page * 2));
        }

        Assert.InRange(_subscriptions.MeasureRangeBytes(_subscription), 100 * 64, 100 * 2048);
    }

    private AttachedRange Range(AddressRange range) => new(_subscription, range, null, isSettled: false);

    private AttachedRange Attach(AddressRange range)
    {
        AttachedRange attached = Range(range);
        Exchange([], [attached]);
        return attached;
    }

    private void Exchange(ReadOnlySpan<AttachedRange> gone, ReadOnlySpan<AttachedRange> come) => _subscriptions.Exchange(_subscription, gone, come);
}
