using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class SharedMemoryEvictionTests : IDisposable
{
    private readonly PageStore _store = new();
    private readonly PhysicalMemory _memory;
    private readonly SharedMemoryObject _target;
    private readonly ObjectHandle _handle;

    public SharedMemoryEvictionTests()
    {
        _memory = Evictions.PoolOver(_store);
        _target = new SharedMemoryObject(_memory, 16 * Page.SizeBytes);
        _handle = new ObjectHandle(_target, AccessRights.ReadWrite);
    }

    public void Dispose()
    {
        _target.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    [Fact]
    public void A_page_mapped_by_several_spaces_at_different_addresses_leaves_them_all_and_comes_back_for_all()
    {
        using AddressSpace one = new(_memory);
        using AddressSpace other = new(_memory);
        one.MapObject(16, 4, MapFlags.Shared, _handle);
        one.MapObject(100, 2, MapFlags.Shared, _handle);
        other.MapObject(40, 4, MapFlags.Private, _handle);
        one.Store(17, 42);
        Assert.Equal(42, one.Load(101));
        Assert.Equal(42, other.Load(41));

        Assert.Equal(new EvictionResult(1, 1, 0), _target.EvictAll());
        Assert.Equal((0UL, 1UL), (_target.CachedPages, _target.SwappedPages));
        Assert.Equal((0, 0), (one.GetStatistics().ResidentPages, other.GetStatistics().ResidentPages));
        Assert.Equal((2, 1), (one.GetStatistics().Evictions.Pressure, other.GetStatistics().Evictions.Pressure));

        Assert.Equal(42, other.Load(41));
        Assert.Equal(42, one.Load(101));
        Assert.Equal(42, one.Load(17));
        Assert.Equal(1, _store.Reads);
        Assert.Equal((1, 1), (other.GetStatistics().SwapIns, other.GetStatistics().Refaults));
        one.AssertInvariants();
        other.AssertInvariants();
    }

    [Fact]
    public void A_page_that_nobody_maps_goes_too_and_a_read_of_the_object_has_it_back()
    {
        _target.Write(3 * Page.SizeBytes, [1, 2, 3]);
        Assert.Equal(1, _target.EvictAll().FreedPages);
        Assert.Equal(1, _memory.FramesInUse);
        Assert.False(_target.IsCached(3));

        byte[] bytes = new byte[3];
        Assert.Equal(3, _target.Read(3 * Page.SizeBytes, bytes).Bytes);
        Assert.Equal([1, 2, 3], bytes);
        Assert.True(_target.IsCached(3));
    }

    [Fact]
    public void A_page_that_was_never_written_goes_without_a_trace()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        Assert.Equal(0, space.Load(16));
        Assert.Equal(new EvictionResult(1, 0, 0), _target.EvictAll());
        Assert.Equal((0UL, 0UL), (_target.CachedPages, _target.SwappedPages));
        Assert.Equal(0, space.Load(16));
        Assert.Equal((0, 1), (space.GetStatistics().SwapIns, space.GetStatistics().Refaults));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void A_page_that_was_only_read_since_it_came_back_goes_again_without_a_write()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 7);
        _target.EvictAll();
        Assert.Equal(7, space.Load(16));
        Assert.Equal(new EvictionResult(1, 0, 0), _target.EvictAll());
        Assert.Equal(1, _store.Writes);

        Assert.Equal(7, space.Load(16));
        space.Store(16, 8);
        Assert.Equal(new EvictionResult(1, 1, 0), _target.EvictAll());
        Assert.Equal(8, space.Load(16));
    }

    [Fact]
    public void A_page_in_use_pinned_or_locked_stays()
    {
        using AddressSpace space = new(_memory);
        using AddressSpace locker = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        locker.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 1);
        space.Store(17, 2);
        space.Store(18, 3);
        Assert.Equal(FaultResult.Success, _target.GetPage(0, out FrameNumber used));
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, space.Pin(Pages(17, 1), AccessRights.Write, pinned));
        Assert.Equal(Errno.None, locker.Lock(At(18), Page.SizeBytes));

        Assert.Equal(0, _target.EvictAll().FreedPages);
        Assert.Equal(FaultKind.None, space.Access(At(18), AccessRights.Write).Kind);

        _memory.Put(used);
        space.Unpin(pinned);
        locker.Unlock(At(18), Page.SizeBytes);
        Assert.Equal(3, _target.EvictAll().FreedPages);
        Assert.Equal((1, 2, 3), (space.Load(16), space.Load(17), space.Load(18)));
    }

    [Fact]
    public void A_write_that_fails_keeps_the_page_and_is_counted()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 9);
        _store.WriteOutcome = SwapOutcome.NoSpace;
        Assert.Equal(new EvictionResult(0, 0, 1), _target.EvictAll());
        Assert.Equal(1, _memory.SwapStatistics.FailedWrites);
        Assert.Equal(0, space.GetStatistics().Evictions.Total);
        Assert.True(_target.IsCached(0));
        Assert.Equal(9, space.Load(16));
        Assert.Equal(0, _store.Reads);

        _store.WriteOutcome = SwapOutcome.Success;
        Assert.Equal(new EvictionResult(1, 1, 0), _target.EvictAll());
        Assert.Equal(9, space.Load(16));
    }

    [Fact]
    public void A_read_that_fails_is_a_bus_error_for_that_page_alone_and_may_work_later()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 9);
        _target.EvictAll();
        space.Store(17, 5);
        _store.ReadOutcome = SwapOutcome.Unavailable;
        Assert.Equal(FaultResult.BusError, space.Access(At(16), AccessRights.Read).Result);
        Assert.Equal(5, space.Load(17));
        Assert.Equal(Errno.EIO, _target.Read(0, new byte[1]).Error);

        _store.ReadOutcome = SwapOutcome.Success;
        Assert.Equal(9, space.Load(16));
    }

    [Fact]
    public void Without_a_store_only_what_was_never_written_goes_and_the_rest_is_left_mapped()
    {
        using PhysicalMemory memory = Evictions.PoolOver(store: null);
        using AddressSpace space = new(memory);
        using SharedMemoryObject target = new(memory, 4 * Page.SizeBytes);
        space.MapObject(16, 4, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
        space.Store(16, 9);
        space.Load(17);
        Assert.Equal(1, target.EvictAll().FreedPages);
        Assert.Equal(1, space.GetStatistics().ObjectPages);
        Assert.Equal(FaultKind.None, space.Access(At(16), AccessRights.Read).Kind);
    }

    [Fact]
    public void A_store_that_meets_a_page_on_its_way_out_waits_until_it_is_written()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 1);
        Thread? storer = null;
        bool stored = false;
        _store.Writing = () =>
        {
            storer = new Thread(() =>
            {
                space.Store(16, 2);
                Volatile.Write(ref stored, true);
            });
            storer.Start();
            Assert.True(SpinWait.SpinUntil(() => storer.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)));
            Assert.False(Volatile.Read(ref stored));
        };

        _target.EvictAll();
        storer!.Join();
        Assert.Equal(2, space.Load(16));
        Assert.Equal(1UL, _target.CachedPages);
    }

    [Fact]
    public void One_read_serves_all_who_wait_for_it()
    {
        using AddressSpace one = new(_memory);
        using AddressSpace other = new(_memory);
        one.MapObject(16, 4, MapFlags.Shared, _handle);
        other.MapObject(40, 4, MapFlags.Shared, _handle);
        one.Store(16, 77);
        _target.EvictAll();
        Thread? second = null;
        int seen = 0;
        _store.Reading = () =>
        {
            second = new Thread(() => seen = other.Load(40));
            second.Start();
            Assert.True(SpinWait.SpinUntil(() => second.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)));
        };

        Assert.Equal(77, one.Load(16));
        second!.Join();
        Assert.Equal(77, seen);
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public void Truncation_and_holes_give_the_slots_back_and_what_remains_of_a_page_is_read_before()
    {
        for (ulong page = 0; page < 8; page++)
        {
            _target.Write(page << Page.Shift, [.. Enumerable.Repeat((byte)(page + 1), Page.SizeBytes)]);
        }

        Assert.Equal(8, _target.EvictAll().FreedPages);
        Assert.Equal(Errno.None, _target.PunchHole(1 * Page.SizeBytes, 2 * Page.SizeBytes));
        Assert.Equal(6UL, _target.SwappedPages);
        Assert.Equal(Errno.None, _target.PunchHole((3 * Page.SizeBytes) + 100, 200));
        Assert.Equal(5UL, _target.SwappedPages);
        Assert.Equal((4, 0, 0, 4), (ByteAt(3, 99), ByteAt(3, 100), ByteAt(3, 299), ByteAt(3, 300)));

        Assert.Equal(Errno.None, _target.Resize((5 * Page.SizeBytes) + 10));
        Assert.Equal(Errno.None, _target.Resize(8 * Page.SizeBytes));
        Assert.Equal((6, 0, 0), (ByteAt(5, 9), ByteAt(5, 10), ByteAt(6, 0)));
        Assert.Equal((1, 0, 0, 5), (ByteAt(0, 0), ByteAt(1, 0), ByteAt(2, 0), ByteAt(4, 0)));
    }

    [Fact]
    public void A_page_that_cannot_be_read_refuses_a_truncation_within_it_and_nothing_has_changed()
    {
        _target.Write(0, [.. Enumerable.Repeat((byte)3, 2 * Page.SizeBytes)]);
        _target.EvictAll();
        _store.ReadOutcome = SwapOutcome.IoError;
        Assert.Equal(Errno.EIO, _target.Resize(100));
        Assert.Equal(Errno.EIO, _target.PunchHole(100, Page.SizeBytes));
        Assert.Equal(16UL * Page.SizeBytes, _target.SizeBytes);
        Assert.Equal(Errno.None, _target.Resize(Page.SizeBytes));
        _store.ReadOutcome = SwapOutcome.Success;
        Assert.Equal((3, 3), (ByteAt(0, 0), ByteAt(0, 4095)));
    }

    [Fact]
    public void A_page_that_came_back_can_move_to_another_frame_and_go_again()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 2, MapFlags.Shared, _handle);
        space.Store(16, 5);
        _target.EvictAll();
        Assert.Equal(5, space.Load(16));
        Assert.Equal(new MigrationResult(1, 0), space.Migrate(Pages(16, 1)));
        Assert.Equal(5, space.Load(16));
        Assert.Equal(new EvictionResult(1, 1, 0), _target.EvictAll());
        Assert.Equal(5, space.Load(16));
    }

    [Fact]
    public void A_child_finds_the_swapped_pages_of_a_shared_mapping()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 2, MapFlags.Shared, _handle);
        space.Store(16, 5);
        _target.EvictAll();
        using AddressSpace child = space.Fork()!;
        Assert.Equal(5, child.Load(16));
        child.Store(16, 6);
        _target.EvictAll();
        Assert.Equal(6, space.Load(16));
    }

    [Fact]
    public void A_subscriber_that_throws_in_the_bracket_costs_neither_a_page_nor_a_slot()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Shared, _handle);
        space.Store(16, 5);
        space.Store(17, 6);
        RecordingNotifier notifier = new() { OnStart = static _ => throw new NotSupportedException("no") };
        using (space.Register(notifier))
        {
            Assert.Throws<NotSupportedException>(() => _target.EvictAll());
        }

        space.AssertInvariants();
        Assert.Equal((5, 6), (space.Load(16), space.Load(17)));
        Assert.Equal(new EvictionResult(2, 2, 0), _target.EvictAll());
        Assert.Equal((5, 6), (space.Load(16), space.Load(17)));
    }

    [Fact]
    public void Pages_of_an_object_and_private_copies_beside_them_share_one_bracket()
    {
        using AddressSpace space = new(_memory);
        space.MapObject(16, 4, MapFlags.Private, _handle);
        _target.Write(0, new byte[4 * Page.SizeBytes]);
        _target.Write(2 * Page.SizeBytes, [7]);
        space.Store(17, 6);
        Assert.Equal((0, 7, 0), (space.Load(16), space.Load(18), space.Load(19)));
        RecordingNotifier notifier = new();
        using IDisposable registration = space.Register(notifier);

        FrameNumber[] frames = [.. Enumerable.Range(16, 4).Select(page => space.PeekPte(At((ulong)page)).Frame)];
        Assert.Equal(4, _memory.Evict(frames).FreedPages);
        string range = $"Clear {Pages(16, 4)}";
        Assert.Equal([$"start {range}", $"end {range}"], notifier.Calls);
        Assert.Equal((0, 6, 7, 0), (space.Load(16), space.Load(17), space.Load(18), space.Load(19)));
    }

    private byte ByteAt(ulong page, int offset)
    {
        byte[] bytes = [0xee];
        Assert.Equal(1, _target.Read((page << Page.Shift) + (ulong)offset, bytes).Bytes);
        return bytes[0];
    }
}
