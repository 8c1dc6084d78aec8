using MmuNotifiers.Secondary.Kvm;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Kvm;

public sealed class ShadowMmuTests : IDisposable
{
    private readonly FakePrimary _primary = new(2048);
    private readonly ShadowMmu _mmu;
    private readonly VirtualCpu _cpu;

    public ShadowMmuTests()
    {
        _mmu = new ShadowMmu(_primary);
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0x100), Pages(0, 1024));
        _cpu = _mmu.AddVirtualCpu();
    }

    public void Dispose() => _mmu.Dispose();

    [Fact]
    public void A_guest_access_reaches_the_host_bytes_behind_its_slot()
    {
        _primary.Map(Pages(0, 600));
        _primary.Store(At(513, 8), 0x1122_3344_5566_7788L);

        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(513, 8), out long read));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(2, 16), 42));

        Assert.Equal(0x1122_3344_5566_7788L, read);
        Assert.Equal(42, _primary.Load<int>(At(2, 16)));
    }

    [Fact]
    public void An_access_beyond_all_slots_is_not_mapped()
    {
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(Guest(1024), out int _));
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(new GuestAddress(0), out int _));
        Assert.Equal(0, _primary.LookUps);
    }

    [Fact]
    public void A_value_that_crosses_pages_is_read_and_written_page_by_page()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0, 4090), 0x0102_0304_0506_0708L));
        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(0, 4090), out long read));
        Assert.Equal(0x0102_0304_0506_0708L, read);
        Assert.Equal(0x0102, _primary.Load<short>(At(1)));
    }

    [Fact]
    public void A_zapped_page_is_looked_up_again_and_its_old_frame_never_used()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 7L));

        _primary.Replace(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(0), out long value));
        Assert.Equal(7L, value);
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 8L));
        Assert.Equal(8L, _primary.Load<long>(At(0)));

        _primary.Unmap(Pages(0, 1));
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(Guest(0), out value));
        Assert.Equal(0L, value);
    }

    [Fact]
    public void What_the_guest_wrote_is_told_to_the_primary_before_the_frame_can_be_freed()
    {
        _primary.Map(Pages(0, 2));
        FrameNumber written = _primary.FrameOf(At(0));
        FrameNumber read = _primary.FrameOf(At(1));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 7L));
        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(1), out long _));

        _primary.Unmap(Pages(0, 2));

        Assert.Equal([written], _primary.Dirty);
        Assert.Equal([written, read], _primary.Young);
    }

    [Fact]
    public void A_read_only_page_is_not_writable_for_the_guest()
    {
        _primary.Map(Pages(0, 1), AccessRights.Read);
        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(0), out long _));
        Assert.Equal(FaultResult.AccessDenied, _cpu.Write(Guest(0), 1));
    }

    [Fact]
    public void A_page_that_was_read_first_is_upgraded_by_a_store()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(0), out long _));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 5L));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 6L));
        Assert.Equal(2, _mmu.Statistics.DeviceFaults);
        Assert.Equal(6L, _primary.Load<long>(At(0)));
    }

    [Fact]
    public void A_bracket_beside_all_slots_touches_neither_count_nor_sequence()
    {
        ulong sequence = _mmu.Brackets.Sample();
        InvalidationRange range = new(Pages(2000, 4), InvalidationEvent.Unmap);
        using (_primary.Subscriptions.Invalidate(in range))
        {
            Assert.False(_mmu.Brackets.MustRetry(AddressRange.All, sequence));
        }

        Assert.False(_mmu.Brackets.MustRetry(AddressRange.All, sequence));
        Assert.Equal(1, _mmu.Statistics.UselessCallbacks);
    }

    [Fact]
    public void A_bracket_over_a_slot_counts_while_open_and_raises_the_sequence_at_its_end()
    {
        ulong sequence = _mmu.Brackets.Sample();
        InvalidationRange range = new(Pages(0, 4), InvalidationEvent.Clear);
        using (_primary.Subscriptions.Invalidate(in range))
        {
            Assert.True(_mmu.Brackets.MustRetry(Pages(3, 1), sequence));
            Assert.False(_mmu.Brackets.MustRetry(Pages(4, 1), sequence));
        }

        Assert.True(_mmu.Brackets.MustRetry(Pages(4, 1), sequence));
        Assert.False(_mmu.Brackets.MustRetry(Pages(3, 1), _mmu.Brackets.Sample()));
    }

    [Fact]
    public void A_bracket_between_look_up_and_install_makes_the_fault_retry()
    {
        _primary.Map(Pages(0, 1));
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            if (lookUps++ < 2)
            {
                _primary.Replace(Pages(0, 1));
                _primary.Store(At(0), 90L + lookUps);
            }
        };

        Assert.Equal(FaultResult.Success, _cpu.Read(Guest(0), out long value));

        Assert.Equal(92L, value);
        Assert.Equal(2, _mmu.Statistics.Retries);
    }

    [Fact]
    public void One_flush_serves_all_pages_of_a_bracket()
    {
        _primary.Map(Pages(0, 700));
        for (int page = 0; page < 700; page++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Write(Guest(page), page));
        }

        _primary.Unmap(Pages(0, 700));
        Assert.Equal(1, _mmu.Statistics.Flushes);
        Assert.Equal(700, _mmu.Statistics.PagesInvalidated);
    }

    [Fact]
    public void A_host_page_in_two_slots_is_zapped_in_both()
    {
        _mmu.AddMemorySlot(1, new GuestFrameNumber(0x10_0000), Pages(0, 4));
        _primary.Map(Pages(0, 1));
        GuestAddress alias = new(0x1_0000_0000);
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 7L));
        Assert.Equal(FaultResult.Success, _cpu.Read(alias, out long value));
        Assert.Equal(7L, value);

        _primary.Unmap(Pages(0, 1));

        Assert.Equal(2, _mmu.Statistics.PagesInvalidated);
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(alias, out value));
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(Guest(0), out value));
    }

    [Fact]
    public void A_refused_start_leaves_nothing_counted()
    {
        InvalidationRange range = new(Pages(0, 1), InvalidationEvent.Clear);
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 1));

        // Another thread stands in a start, with the mmu lock held, where it tells the primary of the store.
        using ManualResetEventSlim inMarkDirty = new();
        using ManualResetEventSlim goOn = new();
        _primary.MarkedDirty = () =>
        {
            inMarkDirty.Set();
            goOn.Wait(TestContext.Current.CancellationToken);
        };
        Thread invalidator = new(() => _primary.Unmap(Pages(0, 1)));
        invalidator.Start();
        inMarkDirty.Wait(TestContext.Current.CancellationToken);
        bool accepted = ((IMmuNotifier)_mmu).InvalidateRangeStart(range.NonBlockable());
        goOn.Set();
        invalidator.Join();

        Assert.False(accepted);
        ulong sequence = _mmu.Brackets.Sample();
        Assert.False(_mmu.Brackets.MustRetry(AddressRange.All, sequence));

        // Would wait for ever if the refused bracket were still counted.
        _mmu.AddMemorySlot(5, new GuestFrameNumber(0x9_0000), Pages(3000, 1));
    }

    [Fact]
    public void After_release_every_access_is_refused()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(Guest(0), 7L));
        _primary.Subscriptions.Release();
        _primary.Subscriptions.Release();
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(Guest(0), out long _));
    }

    [Fact]
    public void Access_fault_and_invalidation_allocate_nothing()
    {
        _primary.Map(Pages(0, 8));
        IMmuNotifier notifier = _mmu;
        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int page = 0; page < 8; page++)
            {
                _cpu.Write(Guest(page), page);
                _cpu.Read(Guest(page), out int _);
            }

            InvalidationRange range = new(Pages(0, 8), InvalidationEvent.Clear);
            notifier.InvalidateRangeStart(in range);
            notifier.InvalidateRangeEnd(in range);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Round();
        Assert.Equal(0, Round());
        Assert.Equal(24, _mmu.Statistics.PagesInvalidated);
    }

    private static GuestAddress Guest(int page, int offset = 0) => new(0x10_0000 + ((ulong)page << Page.Shift) + (ulong)offset);
}
