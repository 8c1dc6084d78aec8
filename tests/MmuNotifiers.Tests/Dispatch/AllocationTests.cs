using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

[Collection(ObservedProcess.Name)]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(100, 3)]
    public void Brackets_allocate_nothing_however_many_they_hit(int intervals, int notifiers)
    {
        NotifierSubscriptions subscriptions = new();
        for (int i = 0; i < intervals; i++)
        {
            subscriptions.Add(new SilentInterval(), Pages((ulong)i, 2));
        }

        for (int i = 0; i < notifiers; i++)
        {
            subscriptions.Add(new SilentNotifier());
        }

        AssertAllocatesNothing(() =>
        {
            using InvalidationScope outer = subscriptions.Invalidate(Unmap(0, 200));
            using InvalidationScope inner = subscriptions.Invalidate(Unmap(7));
        });
        AssertAllocatesNothing(() =>
        {
            Assert.True(subscriptions.TryInvalidate(Unmap(0, 200), out InvalidationScope scope));
            scope.Dispose();
        });
    }

    [Fact]
    public void A_reader_allocates_nothing()
    {
        NotifierSubscriptions subscriptions = new();
        using IntervalSubscription interval = subscriptions.Add(new SilentInterval(), Pages(1));
        AssertAllocatesNothing(() => Assert.False(interval.ReadRetry(interval.ReadBegin())));
    }

    [Fact]
    public void Hints_and_counting_allocate_nothing()
    {
        NotifierSubscriptions subscriptions = new(NotifierOptions.Count | NotifierOptions.MeasureTime);
        subscriptions.Add(new SilentNotifier());
        AssertAllocatesNothing(() =>
        {
            subscriptions.Invalidate(Unmap(1)).Dispose();
            subscriptions.ClearYoung(Pages(1));
            subscriptions.UpdateRange(Pages(1), AccessRights.Read);
            subscriptions.FlushSecondaryTlbs(Pages(1));
        });
    }

    private static void AssertAllocatesNothing(Action action)
    {
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class SilentInterval : IIntervalNotifier
    {
        public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
        {
            subscription.SetSequence(sequence);
            return true;
        }
    }

    private sealed class SilentNotifier : IMmuNotifier, IAgingNotifier, IUpdateNotifier
    {
        public bool InvalidateRangeStart(in InvalidationRange range) => true;

        public void InvalidateRangeEnd(in InvalidationRange range)
        {
        }

        public void Release()
        {
        }

        public bool ClearFlushYoung(AddressRange range) => false;

        public bool ClearYoung(AddressRange range) => false;

        public bool TestYoung(VirtualAddress address) => false;

        public void UpdateRange(AddressRange range, AccessRights rights)
        {
        }

        public void ChangeProtection(AddressRange range, AccessRights rights)
        {
        }
    }
}
