using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

public sealed class TlbShootdownTests : IDisposable
{
    private readonly FakePrimary _primary = new(1024);
    private readonly TlbDomain _domain;
    private readonly SoftwareTlb _cpu;

    public TlbShootdownTests()
    {
        _domain = new TlbDomain(_primary, 256);
        _cpu = _domain.AddCpu();
    }

    public void Dispose() => _domain.Dispose();

    [Fact]
    public void An_invalidation_waits_for_the_access_in_flight()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 77L));
        bool left = false;
        bool leftBeforeFreed = false;
        Thread invalidator;
        int poisoned = 0;
        using (TlbSection section = _cpu.Enter())
        {
            Assert.True(section.TryGetReadSpan(At(0), out ReadOnlySpan<byte> bytes));
            invalidator = new Thread(() =>
            {
                _primary.Unmap(Pages(0, 1));
                leftBeforeFreed = Volatile.Read(ref left);
            });
            invalidator.Start();

            // The first miss says that the invalidator wants this CPU; it must not go on before the section ends.
            TlbCursor cursor = section.GetCursor();
            while (cursor.TryRead(At(0), out long _))
            {
            }

            for (int i = 0; i < 1_000_000; i++)
            {
                poisoned += bytes[0] == FakePrimary.Poison ? 1 : 0;
            }

            Volatile.Write(ref left, true);
        }

        invalidator.Join();
        Assert.True(leftBeforeFreed);
        Assert.Equal(0, poisoned);
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out long _));
    }

    [Fact]
    public void One_shootdown_serves_all_pages_of_a_bracket()
    {
        SoftwareTlb second = _domain.AddCpu();
        _primary.Map(Pages(0, 40));
        for (int page = 0; page < 40; page++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Write(At(page), page));
            Assert.Equal(FaultResult.Success, second.Read(At(page), out int _));
        }

        _primary.Unmap(Pages(0, 40));

        SecondaryStatistics statistics = _domain.Statistics;
        Assert.Equal(1, statistics.Callbacks);
        Assert.Equal(1, statistics.Flushes);
        Assert.Equal(80, statistics.PagesInvalidated);
        Assert.Equal(40, statistics.PagesNamed);
        Assert.Equal(0, statistics.UselessCallbacks);
    }

    [Fact]
    public void A_bracket_where_nothing_is_translated_disturbs_no_cpu_and_counts_as_useless()
    {
        _primary.Map(Pages(0, 1));
        _primary.Map(Pages(2000, 4));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));

        _primary.Unmap(Pages(2000, 4));

        Assert.Equal(1, _domain.Statistics.UselessCallbacks);
        Assert.Equal(0, _domain.Statistics.Flushes);
        using TlbSection section = _cpu.Enter();
        Assert.True(section.TryRead(At(0), out int _));
    }

    [Fact]
    public void A_bracket_beside_a_translated_page_leaves_it_and_counts_as_useless()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));

        _primary.Unmap(Pages(1, 1));

        Assert.Equal(1, _domain.Statistics.UselessCallbacks);
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out int _));
        Assert.Equal(1, _domain.Statistics.DeviceFaults);
    }

    [Fact]
    public void A_wide_bracket_flushes_everything_in_one_step_and_nothing_comes_back()
    {
        _primary.Map(Pages(200, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(200), 5));
        for (int round = 0; round < 1100; round++)
        {
            _primary.Map(Pages(0, 65));
            Assert.Equal(FaultResult.Success, _cpu.Read(At(round % 65), out long seen));
            Assert.Equal(0, seen);
            Assert.Equal(FaultResult.Success, _cpu.Write(At(round % 65), 0x1111_1111L));

            _primary.Unmap(Pages(0, 65));

            Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(round % 65), out long _));
            Assert.Equal(FaultResult.Success, _cpu.Read(At(200), out int kept));
            Assert.Equal(5, kept);
        }

        Assert.Equal(1100, _domain.Statistics.Flushes);
    }

    [Fact]
    public void A_start_that_must_not_block_is_refused_while_another_shootdown_waits()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));
        InvalidationRange range = new(Pages(1, 1), InvalidationEvent.Clear);
        bool accepted = true;
        Thread invalidator;
        using (TlbSection section = _cpu.Enter())
        {
            invalidator = new Thread(() => _primary.Unmap(Pages(0, 1)));
            invalidator.Start();
            while (section.TryRead(At(0), out int _))
            {
            }

            accepted = ((IMmuNotifier)_domain).InvalidateRangeStart(range.NonBlockable());
        }

        invalidator.Join();
        Assert.False(accepted);
        Assert.True(_primary.Subscriptions.TryInvalidate(in range, out InvalidationScope scope));
        scope.Dispose();
        Assert.Equal(FaultResult.Success, _cpu.Read(At(1), out int _));
    }

    [Fact]
    public void A_cpu_that_was_shot_down_while_idle_fences_for_a_while_and_stops()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(1), 1));
        Assert.False(_cpu.Sections.MustFence);

        _primary.Replace(Pages(0, 1));
        Assert.True(_cpu.Sections.MustFence);
        _primary.Replace(Pages(1, 1));
        Assert.True(_cpu.Sections.MustFence);

        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out int _));
        }

        Assert.False(_cpu.Sections.MustFence);
        _primary.Unmap(Pages(0, 1));
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out int _));
    }

    [Fact]
    public void Ageing_reports_a_use_once_and_the_next_use_is_seen_again()
    {
        _primary.Map(Pages(0, 1));
        Assert.False(_primary.Subscriptions.TestYoung(At(0)));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));

        Assert.True(_primary.Subscriptions.TestYoung(At(0)));
        Assert.True(_primary.Subscriptions.TestYoung(At(0)));
        Assert.True(_primary.Subscriptions.ClearFlushYoung(Pages(0, 1)));
        Assert.False(_primary.Subscriptions.TestYoung(At(0)));
        Assert.False(_primary.Subscriptions.ClearYoung(Pages(0, 1)));

        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 2));
        Assert.True(_primary.Subscriptions.ClearYoung(Pages(0, 1)));
    }

    [Fact]
    public void Access_fill_and_invalidation_allocate_nothing()
    {
        _primary.Map(Pages(0, 8));
        IMmuNotifier notifier = _domain;
        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int page = 0; page < 8; page++)
            {
                _cpu.Write(At(page), page);
                _cpu.Read(At(page), out int _);
            }

            InvalidationRange range = new(Pages(0, 8), InvalidationEvent.Clear);
            notifier.InvalidateRangeStart(in range);
            notifier.InvalidateRangeEnd(in range);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Round();
        Assert.Equal(0, Round());
        Assert.Equal(24, _domain.Statistics.PagesInvalidated);
    }
}
