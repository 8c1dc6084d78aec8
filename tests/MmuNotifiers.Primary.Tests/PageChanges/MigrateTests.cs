using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class MigrateTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(256, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public MigrateTests() => _space = new AddressSpace(_memory, new AddressSpaceOptions { FaultAroundPages = 1 });

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void A_page_goes_to_another_frame_and_keeps_contents_rights_and_dirtiness()
    {
        AddressRange range = _space.MapPrivate(16, 3);
        _space.Store(16, 7);
        _space.Store(17, 8);
        Assert.Equal(Errno.None, _space.Protect(At(17), Page.SizeBytes, AccessRights.Read));
        FrameNumber[] before = [_space.FrameAt(16), _space.FrameAt(17)];
        PageState[] states = States(_space, 16, 2);

        Assert.Equal(new MigrationResult(2, 0), _space.Migrate(range));

        Assert.Equal([7, 8], [_space.Load(16), _space.Load(17)]);
        Assert.NotEqual(before[0], _space.FrameAt(16));
        Assert.NotEqual(before[1], _space.FrameAt(17));
        PageState[] after = States(_space, 16, 2);
        Assert.Equal(states.Select(static state => state with { Frame = default }), after.Select(static state => state with { Frame = default }));
        Assert.Equal(FaultKind.None, _space.Access(At(16), AccessRights.Write).Kind);
        Assert.Equal(3, _memory.FramesInUse);
    }

    [Fact]
    public void Everyone_who_maps_the_page_gets_the_new_frame()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        using AddressSpace child = _space.Fork()!;
        using AddressSpace grandchild = child.Fork()!;
        Assert.True(child.Move(At(16), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(40)).Succeeded);
        FrameNumber before = _space.FrameAt(16);

        Assert.Equal(new MigrationResult(1, 0), child.Migrate(Pages(40, 1)));

        FrameNumber after = _space.FrameAt(16);
        Assert.NotEqual(before, after);
        Assert.Equal([after, after], [child.FrameAt(40), grandchild.FrameAt(16)]);
        Assert.Equal([7, 7, 7], [_space.Load(16), child.Load(40), grandchild.Load(16)]);
        child.Store(40, 9);
        Assert.Equal([7, 9, 7], [_space.Load(16), child.Load(40), grandchild.Load(16)]);
        child.AssertInvariants();
        grandchild.AssertInvariants();
    }

    [Fact]
    public void A_page_of_an_object_is_exchanged_in_the_object_too()
    {
        using SharedMemoryObject target = new(_memory, 4 * Page.SizeBytes);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        using AddressSpace other = new(_memory);
        _space.MapObject(16, 4, MapFlags.Shared, handle);
        other.MapObject(50, 4, MapFlags.Shared, handle);
        _space.MapObject(30, 4, MapFlags.Private, handle);
        _space.Store(17, 7);
        Assert.Equal([7, 7], [other.Load(51), _space.Load(31)]);
        FrameNumber before = _space.FrameAt(17);

        Assert.Equal(new MigrationResult(1, 0), other.Migrate(Pages(50, 4)));

        FrameNumber after = _space.FrameAt(17);
        Assert.NotEqual(before, after);
        Assert.Equal([after, after], [other.FrameAt(51), _space.FrameAt(31)]);
        other.Store(51, 9);
        byte[] read = new byte[1];
        target.Read(Page.SizeBytes, read);
        Assert.Equal([9, 9, 9], [_space.Load(17), _space.Load(31), read[0]]);
        other.AssertInvariants();
        _space.AssertInvariants();
        Assert.Equal(Errno.None, _space.Unmap(At(16), 32 * Page.SizeBytes));
    }

    [Fact]
    public void A_nonlinear_page_moves_at_each_of_its_places()
    {
        using SharedMemoryObject target = new(_memory, 4 * Page.SizeBytes);
        _space.MapObject(16, 4, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(Errno.None, _space.RemapPages(At(16), Page.SizeBytes, objectPageOffset: 3));
        _space.Store(16, 7);
        Assert.Equal(7, _space.Load(19));
        Assert.Equal(new MigrationResult(1, 0), _space.Migrate(Pages(16, 1)));
        Assert.Equal([7, 7], [_space.Load(16), _space.Load(19)]);
        Assert.Equal(_space.FrameAt(16), _space.FrameAt(19));
        Assert.Equal(Errno.None, _space.Unmap(At(16), 4 * Page.SizeBytes));
    }

    [Fact]
    public void A_pinned_page_stays_where_it_is_and_nobody_is_told()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(range, AccessRights.Write, pinned));
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _space.Register(notifier);
        Assert.Equal(new MigrationResult(0, 1), _space.Migrate(range));
        Assert.Empty(notifier.Calls);
        Assert.Equal(pinned[0], _space.FrameAt(16));
        _space.Unpin(pinned);
        Assert.Equal(new MigrationResult(1, 0), _space.Migrate(range));
    }

    [Fact]
    public void A_page_that_somebody_holds_comes_back_as_it_was()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        FrameNumber frame = _space.FrameAt(16);
        PageState[] before = States(_space, 16, 1);
        _memory.Frames.Get(frame);
        Assert.Equal(new MigrationResult(0, 1), _space.Migrate(range));
        Assert.Equal(before, States(_space, 16, 1));
        Assert.Equal(7, _space.Load(16));
        _memory.Put(frame);
    }

    [Fact]
    public void The_page_is_copied_only_after_subscribers_dropped_their_translations()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        FrameNumber old = _space.FrameAt(16);
        RecordingNotifier notifier = new();

        // The last store of a device through its translation, while it drops it.
        notifier.OnStart = _ =>
        {
            _memory.Bytes(old)[0] = 8;
            _space.MarkDirty(old);
        };
        using NotifierSubscription subscription = _space.Register(notifier);
        object owner = new();
        object? told = null;
        notifier.OnEnd = range => told = range.Owner;

        Assert.Equal(new MigrationResult(1, 0), _space.Migrate(Pages(16, 1), owner));

        Assert.Equal(8, _space.Load(16));
        Assert.Same(owner, told);
        Assert.True(_memory.Frames.Has(_space.FrameAt(16), FrameFlags.Dirty));
        string bracket = new InvalidationRange(Pages(16, 1), InvalidationEvent.Migrate).ToString();
        Assert.Equal([$"start {bracket}", $"end {bracket}"], notifier.Calls);
    }

    [Fact]
    public void Every_address_space_that_maps_the_page_sees_a_bracket_of_its_own()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        using AddressSpace child = _space.Fork()!;
        RecordingNotifier mine = new();
        RecordingNotifier childs = new();
        using NotifierSubscription one = _space.Register(mine);
        using NotifierSubscription two = child.Register(childs);
        Assert.Equal(new MigrationResult(1, 0), child.Migrate(Pages(16, 1)));
        Assert.Equal(2, mine.Calls.Count);
        Assert.Equal(mine.Calls, childs.Calls);
    }

    [Fact]
    public void A_subscriber_that_throws_leaves_every_page_mapped()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        using AddressSpace child = _space.Fork()!;
        RecordingNotifier broken = new() { OnStart = static _ => throw new InvalidOperationException("broken") };
        NotifierSubscription subscription = child.Register(broken);
        Assert.Throws<InvalidOperationException>(() => _space.Migrate(Pages(16, 1)));
        subscription.Dispose();
        Assert.Equal([7, 7], [_space.Load(16), child.Load(16)]);
        child.AssertInvariants();
        Assert.Equal(new MigrationResult(1, 0), _space.Migrate(Pages(16, 1)));
    }

    [Fact]
    public void Without_a_free_frame_a_page_stays_where_it_is()
    {
        using PhysicalMemory small = new(2);
        using AddressSpace space = new(small);
        space.MapPrivate(16, 1);
        space.Store(16, 7);
        Assert.Equal(new MigrationResult(0, 1), space.Migrate(Pages(16, 1)));
        Assert.Equal(7, space.Load(16));
    }

    [Fact]
    public void Zero_pages_and_frames_of_others_are_passed_over()
    {
        AddressRange range = _space.MapPrivate(16, 2);
        _space.Load(16);
        Assert.Equal(default, _space.Migrate(range));
    }

    [Fact]
    public void Stores_while_pages_move_are_not_lost()
    {
        const int Count = 8;
        const int Stores = 4_000;
        _space.MapPrivate(16, Count);
        using AddressSpace child = _space.Fork()!;
        using CancellationTokenSource done = new();
        Thread mover = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                _space.Migrate(Pages(16, Count));
            }
        });
        mover.Start();
        for (int i = 0; i < Stores; i++)
        {
            ulong page = 16 + (ulong)(i % Count);
            _space.Store(page, (byte)i);
            Assert.Equal((byte)i, _space.Load(page));
        }

        done.Cancel();
        mover.Join();
    }

    private static PageState[] States(AddressSpace space, ulong first, ulong count)
    {
        List<PageState> states = [];
        space.ApplyToPageRange(Pages(first, count), (_, state) =>
        {
            states.Add(state);
            return PageAction.Keep;
        });
        return [.. states];
    }
}
