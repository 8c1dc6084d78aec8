using MmuNotifiers.Secondary.Rdma;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Rdma;

public sealed class NetworkCardTests : IDisposable
{
    private readonly FakePrimary _primary = new();
    private readonly NetworkCard _card = new(new NetworkCardOptions { Entries = 64, Prefetch = PrefetchPolicy.Off });
    private readonly CardContext _context;
    private readonly ISecondaryDevice _queue;
    private readonly byte[] _bytes = new byte[8];

    public NetworkCardTests()
    {
        _context = _card.Attach(_primary);
        _queue = _context.AddDevice();
    }

    public void Dispose() => _context.Dispose();

    [Fact]
    public void A_queue_reads_and_writes_what_the_process_does()
    {
        _primary.Map(Pages(0, 2));
        Assert.Equal(FaultResult.Success, _queue.Write(At(0, 4092), [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal(0x0807_0605_0403_0201, BitConverter.ToInt64(Read(At(0, 4092), 8)));
        Assert.Equal(8, _primary.Load<byte>(At(1, 3)));
        Assert.Equal(2, _context.Statistics.DeviceFaults);
    }

    [Fact]
    public void A_hit_does_not_ask_the_primary_again()
    {
        _primary.Map(Pages(0, 1));
        Read(At(0), 8);
        int lookUps = _primary.LookUps;
        Read(At(0), 8);
        Assert.Equal(lookUps, _primary.LookUps);
    }

    [Fact]
    public void A_bracket_takes_the_entries_of_its_pages_and_no_others()
    {
        _primary.Map(Pages(0, 4));
        Read(At(0), 4 * Page.SizeBytes);
        _primary.Replace(Pages(1, 2));
        Assert.Equal(2, _context.Statistics.PagesInvalidated);
        Assert.Equal(1, _context.Statistics.Flushes);

        Read(At(0), 4 * Page.SizeBytes);
        Assert.Equal(6, _context.Statistics.DeviceFaults);
    }

    [Fact]
    public void A_bracket_over_pages_that_the_card_does_not_use_is_useless_and_waits_for_nobody()
    {
        _primary.Map(Pages(0, 4));
        Read(At(0), 8);
        _primary.Replace(Pages(2, 1));
        Assert.Equal(1, _context.Statistics.UselessCallbacks);
        Assert.Equal(0, _context.Statistics.Flushes);
    }

    [Fact]
    public void A_bracket_larger_than_the_table_drops_what_lies_in_it()
    {
        _primary.Map(Pages(0, 4));
        Read(At(0), 4 * Page.SizeBytes);
        _primary.Unmap(new AddressRange(At(1), At(1000)));
        Assert.Equal(3, _context.Statistics.PagesInvalidated);
        Assert.Equal(FaultResult.NotMapped, _queue.Read(At(1), _bytes));
        Assert.Equal(FaultResult.Success, _queue.Read(At(0), _bytes));
    }

    [Fact]
    public void A_page_that_lost_its_place_is_still_waited_for()
    {
        NetworkCard card = new(new NetworkCardOptions { Entries = 1, Ways = 1, Prefetch = PrefetchPolicy.Off });
        using CardContext context = card.Attach(_primary);
        ISecondaryDevice queue = context.AddDevice();
        _primary.Map(Pages(0, 2));
        queue.Read(At(0), _bytes);
        queue.Read(At(1), _bytes);

        _primary.Replace(Pages(0, 1));

        // Nothing was dropped, but somebody might have been inside.
        Assert.Equal(1, context.Statistics.UselessCallbacks);
        Assert.Equal(1, context.Statistics.Flushes);
        _primary.Replace(Pages(0, 1));
        Assert.Equal(1, context.Statistics.Flushes);
    }

    [Fact]
    public void A_lost_right_to_store_is_not_used_any_more()
    {
        _primary.Map(Pages(0, 1));
        Assert.Equal(FaultResult.Success, _queue.Write(At(0), _bytes));
        _primary.Protect(Pages(0, 1), AccessRights.Read);
        Assert.Equal(FaultResult.AccessDenied, _queue.Write(At(0), _bytes));
        Assert.Equal(FaultResult.Success, _queue.Read(At(0), _bytes));
    }

    [Fact]
    public void A_bracket_between_look_up_and_install_makes_the_fault_start_over()
    {
        _primary.Map(Pages(0, 1));
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            if (lookUps++ == 0)
            {
                _primary.Replace(Pages(0, 1));
                _primary.Store(At(0), 99L);
            }
        };

        Assert.Equal(99L, BitConverter.ToInt64(Read(At(0), 8)));
        Assert.Equal(1, _context.Statistics.Retries);
    }

    [Fact]
    public void Address_spaces_on_one_card_do_not_see_each_others_pages()
    {
        FakePrimary other = new();
        using CardContext second = _card.Attach(other);
        ISecondaryDevice queue = second.AddDevice();
        _primary.Map(Pages(0, 1));
        other.Map(Pages(0, 1));
        _primary.Store(At(0), 1L);
        other.Store(At(0), 2L);

        Assert.Equal(1L, BitConverter.ToInt64(Read(At(0), 8)));
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal(2L, BitConverter.ToInt64(_bytes));
        other.Unmap(Pages(0, 1));
        Assert.Equal(FaultResult.NotMapped, queue.Read(At(0), _bytes));
        Assert.Equal(1L, BitConverter.ToInt64(Read(At(0), 8)));
    }

    [Fact]
    public void After_release_and_after_dispose_every_access_is_refused()
    {
        _primary.Map(Pages(0, 1));
        Read(At(0), 8);
        _primary.Subscriptions.Release();
        Assert.Equal(FaultResult.NotMapped, _queue.Read(At(0), _bytes));

        FakePrimary other = new();
        other.Map(Pages(0, 1));
        CardContext context = _card.Attach(other);
        ISecondaryDevice queue = context.AddDevice();
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        context.Dispose();
        context.Dispose();
        Assert.Equal(FaultResult.NotMapped, queue.Read(At(0), _bytes));
        Assert.Throws<ObjectDisposedException>(() => context.Register(Pages(0, 1), AccessRights.Read));
    }

    [Fact]
    public void A_number_that_is_given_back_does_not_open_the_new_owners_pages_to_the_old_queue()
    {
        CardContext old = _card.Attach(_primary);
        ISecondaryDevice queue = old.AddDevice();
        old.Dispose();
        using CardContext next = _card.Attach(_primary);
        _primary.Map(Pages(0, 1));
        Assert.Equal(old.Number, next.Number);
        Assert.Equal(FaultResult.Success, next.AddDevice().Read(At(0), _bytes));
        Assert.Equal(FaultResult.NotMapped, queue.Read(At(0), _bytes));
    }

    [Fact]
    public void A_bracket_that_may_not_block_is_refused_while_the_card_is_busy()
    {
        InvalidationRange range = new InvalidationRange(Pages(0, 1), InvalidationEvent.Unmap).NonBlockable();
        CardNotifier notifier = new(_context);
        bool accepted = true;
        using (_card.EnterScope())
        {
            Thread bracket = new(() => accepted = notifier.InvalidateRangeStart(in range));
            bracket.Start();
            bracket.Join();
        }

        Assert.False(accepted);
        Assert.False(_context.Brackets.MustRetry(AddressRange.All, _context.Brackets.Sample()));
        Assert.True(notifier.InvalidateRangeStart(in range));
        notifier.InvalidateRangeEnd(in range);
    }

    [Fact]
    public void Ageing_drops_what_was_used_and_says_so_once()
    {
        _primary.Map(Pages(0, 2));
        Read(At(0), 8);
        CardNotifier aging = new(_context);
        Assert.True(aging.TestYoung(At(0)));
        Assert.False(aging.TestYoung(At(1)));
        Assert.True(aging.ClearFlushYoung(Pages(0, 2)));
        Assert.False(aging.ClearYoung(Pages(0, 2)));
        Assert.False(aging.TestYoung(At(0)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 8)]
    [InlineData(4, 3)]
    [InlineData(1 << 21, 4)]
    public void A_size_that_is_no_power_of_two_or_out_of_bounds_is_refused(int entries, int ways) =>
        Assert.Throws<ArgumentException>(() => new NetworkCard(new NetworkCardOptions { Entries = entries, Ways = ways }));

    [Fact]
    public void Access_fault_and_invalidation_allocate_nothing()
    {
        _primary.Map(Pages(0, 8));
        CardNotifier notifier = new(_context);
        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int page = 0; page < 8; page++)
            {
                _queue.Write(At(page), _bytes);
                _queue.Read(At(page), _bytes);
            }

            InvalidationRange range = new(Pages(0, 8), InvalidationEvent.Clear);
            notifier.InvalidateRangeStart(in range);
            notifier.InvalidateRangeEnd(in range);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Round();
        Assert.Equal(0, Round());
        Assert.Equal(24, _context.Statistics.PagesInvalidated);
    }

    private byte[] Read(VirtualAddress address, int lengthBytes)
    {
        byte[] bytes = new byte[lengthBytes];
        Assert.Equal(FaultResult.Success, _queue.Read(address, bytes));
        return bytes;
    }
}
