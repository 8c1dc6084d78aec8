using MmuNotifiers.Secondary.Kvm;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Kvm;

public sealed class MemorySlotTests : IDisposable
{
    private readonly FakePrimary _primary = new(2048);
    private readonly ShadowMmu _mmu;
    private readonly VirtualCpu _cpu;

    public MemorySlotTests()
    {
        _mmu = new ShadowMmu(_primary);
        _cpu = _mmu.AddVirtualCpu();
        _primary.Map(Pages(0, 256));
    }

    public void Dispose() => _mmu.Dispose();

    [Fact]
    public void A_removed_slot_takes_its_pages_from_the_guest_and_a_new_one_shows_other_bytes()
    {
        _primary.Store(At(0), 1L);
        _primary.Store(At(100), 2L);
        _mmu.AddMemorySlot(3, new GuestFrameNumber(0), Pages(0, 8));
        Assert.Equal(FaultResult.Success, _cpu.Read(new GuestAddress(0), out long value));
        Assert.Equal(1L, value);

        _mmu.RemoveMemorySlot(3);
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(new GuestAddress(0), out value));

        _mmu.AddMemorySlot(3, new GuestFrameNumber(0), Pages(100, 8));
        Assert.Equal(FaultResult.Success, _cpu.Read(new GuestAddress(0), out value));
        Assert.Equal(2L, value);
    }

    [Fact]
    public void A_read_only_slot_refuses_stores()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 8), MemorySlotFlags.ReadOnly);
        Assert.Equal(FaultResult.Success, _cpu.Read(new GuestAddress(0), out long _));
        Assert.Equal(FaultResult.AccessDenied, _cpu.Write(new GuestAddress(0), 1L));
    }

    [Fact]
    public void A_change_of_slots_waits_until_no_bracket_is_open()
    {
        using ManualResetEventSlim started = new();
        bool closed = false;
        bool closedBeforeChange = false;
        Thread updater = new(() =>
        {
            started.Set();
            _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 8));
            closedBeforeChange = Volatile.Read(ref closed);
        });
        InvalidationRange range = new(Pages(0, 1), InvalidationEvent.Clear);
        using (_primary.Subscriptions.Invalidate(in range))
        {
            updater.Start();
            started.Wait(TestContext.Current.CancellationToken);
            for (int look = 0; look < 1000; look++)
            {
                Assert.Null(_mmu.FindSlot(new GuestFrameNumber(0)));
            }

            Volatile.Write(ref closed, true);
        }

        updater.Join();
        Assert.True(closedBeforeChange);
        Assert.NotNull(_mmu.FindSlot(new GuestFrameNumber(0)));
        Assert.Equal(FaultResult.Success, _cpu.Write(new GuestAddress(0), 1));
    }

    [Fact]
    public void A_fault_in_a_slot_that_goes_away_meanwhile_installs_nothing()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 8));
        MemorySlot slot = _mmu.FindSlot(new GuestFrameNumber(0))!;
        _primary.LookedUp = _ =>
        {
            _primary.LookedUp = null;
            _mmu.RemoveMemorySlot(0);
        };

        Assert.Equal(FaultResult.NotMapped, _cpu.Read(new GuestAddress(0), out int _));
        Assert.Null(slot.LeafOf(new GuestFrameNumber(0)));
    }

    [Fact]
    public void A_fault_goes_on_in_the_slot_that_took_the_place()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 8));
        _primary.LookedUp = _ =>
        {
            _primary.LookedUp = null;
            _mmu.SetDirtyLogging(0, enabled: true);
        };

        Assert.Equal(FaultResult.Success, _cpu.Write(new GuestAddress(0x3000), 9));
        Assert.Equal([3], TakeLog());
    }

    [Fact]
    public void The_dirty_log_reports_each_written_page_once_and_later_stores_again()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 200), MemorySlotFlags.LogDirtyPages);
        Write(0);
        Write(130);
        Write(130);
        Assert.Equal(FaultResult.Success, _cpu.Read(new GuestAddress(5 << Page.Shift), out int _));

        Assert.Equal([0, 130], TakeLog());
        Assert.Equal([], TakeLog());

        Write(130);
        Assert.Equal([130], TakeLog());
    }

    [Fact]
    public void Logging_that_starts_later_reports_only_later_stores()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 200));
        Write(1);
        Write(2);
        _mmu.SetDirtyLogging(0, enabled: true);
        Assert.Equal([], TakeLog());
        Write(2);
        Assert.Equal([2], TakeLog());
        int lookUps = _primary.LookUps;
        Write(2);
        Assert.Equal(lookUps, _primary.LookUps);

        _mmu.SetDirtyLogging(0, enabled: false);
        Write(1);
        Assert.Throws<ArgumentException>(() => TakeLog());
        Assert.Equal(1, _primary.Load<int>(At(1)));
    }

    [Fact]
    public void A_page_that_is_zapped_between_two_logs_is_still_reported()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 64), MemorySlotFlags.LogDirtyPages);
        Write(7);
        _primary.Replace(Pages(7, 1));
        Assert.Equal([7], TakeLog());
    }

    [Fact]
    public void Ageing_reads_and_clears_the_accessed_bits_that_the_guest_sets()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(0), Pages(0, 64));
        Assert.False(_primary.Subscriptions.TestYoung(At(1)));
        Write(1);
        Assert.True(_primary.Subscriptions.TestYoung(At(1)));
        Assert.False(_primary.Subscriptions.TestYoung(At(2)));
        Assert.True(_primary.Subscriptions.ClearYoung(Pages(0, 64)));
        Assert.False(_primary.Subscriptions.TestYoung(At(1)));
        Assert.False(_primary.Subscriptions.ClearFlushYoung(Pages(0, 64)));

        int lookUps = _primary.LookUps;
        Assert.Equal(FaultResult.Success, _cpu.Read(new GuestAddress(0x1000), out int _));
        Assert.True(_primary.Subscriptions.ClearFlushYoung(Pages(1, 1)));
        Assert.Equal(lookUps, _primary.LookUps);
    }

    [Fact]
    public void Slots_that_collide_and_numbers_that_do_not_exist_are_refused()
    {
        _mmu.AddMemorySlot(0, new GuestFrameNumber(8), Pages(0, 8));
        Assert.Throws<ArgumentException>(() => _mmu.AddMemorySlot(0, new GuestFrameNumber(100), Pages(0, 8)));
        Assert.Throws<ArgumentException>(() => _mmu.AddMemorySlot(1, new GuestFrameNumber(15), Pages(0, 8)));
        Assert.Throws<ArgumentException>(() => _mmu.AddMemorySlot(1, new GuestFrameNumber(1), Pages(0, 8)));
        Assert.Throws<ArgumentException>(() => _mmu.AddMemorySlot(1, new GuestFrameNumber(100), default));
        Assert.Throws<ArgumentOutOfRangeException>(() => _mmu.AddMemorySlot(ShadowMmu.MaxSlots, new GuestFrameNumber(100), Pages(0, 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _mmu.AddMemorySlot(1, new GuestFrameNumber(ulong.MaxValue), Pages(0, 8)));
        Assert.Throws<ArgumentException>(() => _mmu.RemoveMemorySlot(7));
        Assert.Throws<ArgumentException>(() => _mmu.SetDirtyLogging(7, enabled: true));
        _mmu.AddMemorySlot(1, new GuestFrameNumber(16), Pages(0, 8));
        _mmu.AddMemorySlot(2, new GuestFrameNumber(0), Pages(0, 8));
    }

    private void Write(int page) =>
        Assert.Equal(FaultResult.Success, _cpu.Write(new GuestAddress((ulong)page << Page.Shift), page));

    private List<int> TakeLog()
    {
        ulong[] words = new ulong[4];
        int count = _mmu.TakeDirtyLog(0, words);
        List<int> pages = [];
        for (int page = 0; page < 256; page++)
        {
            if ((words[page / 64] & (1UL << (page % 64))) != 0)
            {
                pages.Add(page);
            }
        }

        Assert.Equal(count, pages.Count);
        return pages;
    }
}
