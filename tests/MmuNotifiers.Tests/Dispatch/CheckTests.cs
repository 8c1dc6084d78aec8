using MmuNotifiers.Synchronization;
using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>What debug builds, and builds under a race checker, refuse.</summary>
public sealed class CheckTests
{
    private const string ReleaseBuild = "The checks are made in debug builds only.";

    private readonly NotifierSubscriptions _subscriptions = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void I7_A_pte_may_change_inside_a_bracket_that_covers_it_only(bool somebodyIsSubscribed)
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        if (somebodyIsSubscribed)
        {
            _subscriptions.Add(new RecordingNotifier());
        }

        Assert.Throws<InvariantViolationException>(() => _subscriptions.AssertCovered(Pages(2)));
        using (_subscriptions.Invalidate(Unmap(1, 2)))
        {
            _subscriptions.AssertCovered(Pages(2));
            Assert.Throws<InvariantViolationException>(() => _subscriptions.AssertCovered(Pages(2, 2)));
            using (_subscriptions.Invalidate(Unmap(3)))
            {
                _subscriptions.AssertCovered(Pages(1, 3));
            }

            InvariantViolationException violation = Assert.Throws<InvariantViolationException>(() => _subscriptions.AssertCovered(Pages(3)));
            Assert.Contains("[0x3000, 0x4000)", violation.Message, StringComparison.Ordinal);
            Assert.Contains("[0x1000, 0x3000)", violation.Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvariantViolationException>(() => _subscriptions.AssertCovered(Pages(2)));
    }

    [Fact]
    public void A_refused_bracket_covers_nothing()
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        _subscriptions.Add(new RecordingNotifier { OnStart = _ => false });
        Assert.False(_subscriptions.TryInvalidate(Unmap(1), out _));
        Assert.Throws<InvariantViolationException>(() => _subscriptions.AssertCovered(Pages(1)));
    }

    [Fact]
    public void A_bracket_that_is_not_page_aligned_is_refused_with_its_numbers()
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        InvalidationRange range = new(new AddressRange(new VirtualAddress(0x1001), new VirtualAddress(0x2000)), InvalidationEvent.Clear);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _subscriptions.Invalidate(in range).Dispose());
        Assert.Contains("0x1001", refused.Message, StringComparison.Ordinal);
        using NotifierSubscription subscription = _subscriptions.Add(new RecordingNotifier());
    }

    [Fact]
    public void B9_A_flush_under_the_page_table_lock_must_not_block()
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        CountingTlb tlb = new();
        SharedLock sharedLock = new();
        IntervalSubscription interval = _subscriptions.Add(new RecordingInterval(), Pages(1));
        NotifierSubscription subscription = _subscriptions.Add(new RecordingNotifier());
        _subscriptions.Add(tlb);
        Action[] blocking =
        [
            () => _subscriptions.Invalidate(Unmap(1)).Dispose(),
            () => interval.ReadBegin(),
            () => _subscriptions.Add(new RecordingNotifier()),
            subscription.Dispose,
            () => sharedLock.Enter(),
        ];

        foreach (Action action in blocking)
        {
            tlb.OnFlush = action;
            InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => _subscriptions.FlushSecondaryTlbs(Pages(1)));
            Assert.Contains(nameof(CountingTlb), refused.Message, StringComparison.Ordinal);
        }

        Assert.All(blocking, action => action());
    }

    [Fact]
    public void The_start_of_a_range_that_is_not_blockable_must_not_block_but_may_try()
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        SharedLock sharedLock = new();
        RecordingNotifier notifier = new();
        RecordingInterval interval = new();
        _subscriptions.Add(notifier);
        _subscriptions.Add(interval, Pages(1));
        bool Try(InvalidationRange range)
        {
            Assert.True(sharedLock.TryEnter());
            sharedLock.Exit();
            return true;
        }

        bool Block(InvalidationRange range)
        {
            sharedLock.Enter();
            sharedLock.Exit();
            return true;
        }

        notifier.OnStart = Try;
        interval.OnInvalidate = Try;
        Assert.True(_subscriptions.TryInvalidate(Unmap(1), out InvalidationScope scope));
        scope.Dispose();

        notifier.OnStart = Block;
        Assert.Throws<InvalidOperationException>(() => _subscriptions.TryInvalidate(Unmap(1), out _));
        _subscriptions.Invalidate(Unmap(1)).Dispose();

        interval.OnInvalidate = Block;
        Assert.Throws<InvalidOperationException>(() => _subscriptions.TryInvalidate(Unmap(1), out _));
    }

    [Fact]
    public void A_callback_that_blocks_under_the_page_table_lock_is_named_with_its_method()
    {
        Assert.SkipUnless(Checks.AreOn, ReleaseBuild);
        SharedLock sharedLock = new();
        RecordingNotifier notifier = new();
        _subscriptions.Add(notifier);
        notifier.OnStart = _ =>
        {
            sharedLock.Enter();
            sharedLock.Exit();
            return true;
        };
        AssertNamed(nameof(IMmuNotifier.InvalidateRangeStart), () => _subscriptions.InvalidateUnderPageTableLock(Unmap(1)));

        notifier.OnStart = _ => true;
        notifier.OnEnd = _ => sharedLock.Enter();
        AssertNamed(nameof(IMmuNotifier.InvalidateRangeEnd), () => _subscriptions.InvalidateUnderPageTableLock(Unmap(1)));

        notifier.OnEnd = _ =>
        {
            sharedLock.EnterOrSpin(mayBlock: false);
            sharedLock.Exit();
        };
        _subscriptions.InvalidateUnderPageTableLock(Unmap(1));

        // The same callback in a bracket outside of the lock may block.
        notifier.OnEnd = _ =>
        {
            sharedLock.Enter();
            sharedLock.Exit();
        };
        _subscriptions.Invalidate(Unmap(1)).Dispose();
    }

    [Fact]
    public void Under_the_page_table_lock_who_refuses_is_asked_again_until_he_accepts()
    {
        RecordingNotifier before = new("a");
        RecordingNotifier busy = new("b");
        int refusals = 3;
        busy.OnStart = _ => refusals-- <= 0;
        _subscriptions.Add(before);
        _subscriptions.Add(busy);
        _subscriptions.InvalidateUnderPageTableLock(Unmap(1));
        Assert.Equal(4, busy.Calls.Count(static call => call.StartsWith("b.start", StringComparison.Ordinal)));
        Assert.Single(busy.Calls, static call => call.StartsWith("b.end", StringComparison.Ordinal));
        Assert.Equal(4, before.Calls.Count(static call => call.StartsWith("a.end", StringComparison.Ordinal)));
    }

    private static void AssertNamed(string method, Action action)
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(action);
        Assert.Contains($"{nameof(RecordingNotifier)}.{method}", refused.Message, StringComparison.Ordinal);
    }
}
