using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

public sealed class SoftwareTlbTests : IDisposable
{
    private readonly FakePrimary _primary = new();
    private readonly TlbDomain _domain;
    private readonly SoftwareTlb _cpu;

    public SoftwareTlbTests()
    {
        _domain = new TlbDomain(_primary, 64);
        _cpu = _domain.AddCpu();
    }

    public void Dispose() => _domain.Dispose();

    [Fact]
    public void An_access_reaches_the_bytes_that_the_primary_has()
    {
        _primary.Map(Pages(0, 2));
        _primary.Store(At(1, 8), 0x1122_3344_5566_7788L);

        Assert.Equal(FaultResult.Success, _cpu.Read(At(1, 8), out long read));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0, 16), 42));

        Assert.Equal(0x1122_3344_5566_7788L, read);
        Assert.Equal(42, _primary.Load<int>(At(0, 16)));
    }

    [Fact]
    public void A_hit_does_not_ask_the_primary_again()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));
        int lookUps = _primary.LookUps;

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Read(At(0, i * 8), out long _));
            Assert.Equal(FaultResult.Success, _cpu.Write(At(0, i * 8), (long)i));
        }

        Assert.Equal(lookUps, _primary.LookUps);
    }

    [Fact]
    public void A_page_that_was_looked_up_for_reading_faults_once_more_for_the_first_store()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out int _));
        Assert.Equal(1, _domain.Statistics.DeviceFaults);

        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 2));

        Assert.Equal(2, _domain.Statistics.DeviceFaults);
    }

    [Fact]
    public void A_value_that_crosses_pages_is_read_and_written_page_by_page()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0, 4092), 0x0102_0304_0506_0708L));

        Assert.Equal(0x0506_0708, _primary.Load<int>(At(0, 4092)));
        Assert.Equal(0x0102_0304, _primary.Load<int>(At(1)));
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0, 4092), out long read));
        Assert.Equal(0x0102_0304_0506_0708L, read);
    }

    [Fact]
    public void Spans_cross_pages_and_stop_at_the_page_that_fails()
    {
        _primary.Map(Pages(0, 3));
        byte[] data = new byte[3 * Page.SizeBytes];
        new Random(1).NextBytes(data);
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), data));

        byte[] back = new byte[data.Length];
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), back));
        Assert.Equal(data, back);

        byte[] tail = new byte[2 * Page.SizeBytes];
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(2), tail));
        Assert.Equal(data[(2 * Page.SizeBytes)..], tail[..Page.SizeBytes]);
    }

    [Fact]
    public void Refusals_of_the_primary_are_the_results_of_the_access()
    {
        _primary.Map(Pages(0, 1), AccessRights.Read);

        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(5), out int _));
        Assert.Equal(FaultResult.AccessDenied, _cpu.Write(At(0), 1));
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out int _));
        Assert.Equal(2, _domain.Statistics.FailedFaults);
    }

    [Fact]
    public void An_unmapped_page_is_refused_and_its_old_frame_never_read()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 7L));

        _primary.Unmap(Pages(0, 1));
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out long value));
        Assert.Equal(0L, value);

        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out value));
        Assert.Equal(0L, value);
    }

    [Fact]
    public void A_downgrade_takes_the_right_to_store_away()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 7L));

        _primary.Protect(Pages(0, 1), AccessRights.Read);

        Assert.Equal(FaultResult.AccessDenied, _cpu.Write(At(0), 8L));
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out long value));
        Assert.Equal(7L, value);
    }

    [Fact]
    public void A_replaced_page_is_read_and_written_in_its_new_frame()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 7L));

        _primary.Replace(Pages(0, 1));

        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out long value));
        Assert.Equal(7L, value);
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 9L));
        Assert.Equal(9L, _primary.Load<long>(At(0)));
    }

    [Fact]
    public void A_cursor_reads_and_writes_within_a_page_and_across_pages()
    {
        _primary.Map(Pages(0, 3));
        for (int page = 0; page < 3; page++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Write(At(page, 8), 100L + page));
        }

        using TlbSection section = _cpu.Enter();
        TlbCursor reader = section.GetCursor();
        TlbCursor writer = section.GetCursor();
        for (int page = 0; page < 3; page++)
        {
            Assert.True(reader.TryRead(At(page, 8), out long value));
            Assert.Equal(100L + page, value);
            Assert.True(writer.TryWrite(At(page, 16), value + 1));
            Assert.True(reader.TryRead(At(page, 16), out value));
            Assert.Equal(101L + page, value);
            Assert.False(reader.TryRead(At(page, 4090), out value));
        }

        Assert.False(reader.TryRead(At(3), out long _));
        Assert.False(writer.TryWrite(At(3), 1));
    }

    [Fact]
    public void A_cursor_that_has_read_a_page_does_not_write_it_without_the_right()
    {
        _primary.Map(Pages(0, 1), AccessRights.Read);
        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out long _));
        using TlbSection section = _cpu.Enter();
        TlbCursor cursor = section.GetCursor();
        Assert.True(cursor.TryRead(At(0), out long _));
        Assert.False(cursor.TryWrite(At(0), 1L));
    }

    [Fact]
    public void Pages_that_share_an_entry_replace_each_other()
    {
        _primary.Map(Pages(0, 1));
        _primary.Map(Pages(64, 1));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 100 + i));
            Assert.Equal(FaultResult.Success, _cpu.Write(At(64), 200 + i));
        }

        Assert.Equal(109, _primary.Load<int>(At(0)));
        Assert.Equal(209, _primary.Load<int>(At(64)));
        Assert.Equal(20, _domain.Statistics.DeviceFaults);
    }

    [Fact]
    public void An_exchange_happens_only_if_the_comparand_is_there()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.CompareExchange(At(0, 4), 5, 0, out int original));
        Assert.Equal(0, original);
        Assert.Equal(FaultResult.Success, _cpu.CompareExchange(At(0, 4), 6, 0, out original));
        Assert.Equal(5, original);
        Assert.Equal(5, _primary.Load<int>(At(0, 4)));
        Assert.Throws<ArgumentException>(() => _cpu.CompareExchange(At(0, 2), 1, 0, out _));
    }

    [Fact]
    public void After_release_every_access_is_refused()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 7L));

        _primary.Subscriptions.Release();
        _primary.Subscriptions.Release();

        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out long _));
        Assert.Equal(FaultResult.NotMapped, _cpu.Write(At(0), 7L));
    }

    [Fact]
    public void A_disposed_domain_hears_nothing_and_refuses_every_access()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 7L));

        _domain.Dispose();
        _domain.Dispose();
        _primary.Unmap(Pages(0, 1));

        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out long _));
        Assert.Equal(0, _domain.Statistics.Callbacks);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(1 << 25)]
    public void A_size_that_is_no_power_of_two_in_bounds_is_refused(int entries) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlbDomain(_primary, entries));
}
