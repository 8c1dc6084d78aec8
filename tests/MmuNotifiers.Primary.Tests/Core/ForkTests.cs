using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

public sealed class ForkTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _parent;

    public ForkTests() => _parent = new AddressSpace(_memory);

    public void Dispose()
    {
        _parent.AssertInvariants();
        _parent.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void A_child_sees_what_the_parent_had_and_neither_sees_later_stores_of_the_other()
    {
        _parent.MapPrivate(100, 2);
        _parent.Store(100, 1);
        _parent.Store(101, 2);
        using AddressSpace child = _parent.Fork()!;
        _parent.Store(100, 10);
        child.Store(101, 20);
        Assert.Equal((10, 2), (_parent.Load(100), _parent.Load(101)));
        Assert.Equal((1, 20), (child.Load(100), child.Load(101)));
        child.AssertInvariants();
    }

    [Fact]
    public void The_first_store_after_a_fork_copies_and_the_last_sharer_reuses()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        using AddressSpace child = _parent.Fork()!;
        Assert.Equal(FaultKind.CopyOnWrite, _parent.Access(At(100), AccessRights.Write).Kind);
        Assert.Equal(FaultKind.Reuse, child.Access(At(100), AccessRights.Write).Kind);
    }

    [Fact]
    public void The_page_of_a_child_that_exited_is_reused_without_a_copy()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        _parent.Fork()!.Dispose();
        Assert.Equal(FaultKind.Reuse, _parent.Access(At(100), AccessRights.Write).Kind);
    }

    [Fact]
    public void Fork_brackets_private_areas_of_the_parent_and_no_others()
    {
        using SharedMemoryObject shared = new(_memory, 4 * Page.SizeBytes);
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _parent.Register(notifier);
        _parent.MapPrivate(100, 2);
        _parent.MapObject(200, 2, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        _parent.Store(100, 1);
        _parent.Store(200, 1);
        notifier.Clear();
        using AddressSpace child = _parent.Fork()!;
        Assert.Equal(["start ProtectionPage [0x64000, 0x66000)", "end ProtectionPage [0x64000, 0x66000)"], notifier.Calls);
    }

    [Fact]
    public void A_childs_operations_never_call_the_parents_subscribers()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _parent.Register(notifier);
        _parent.MapPrivate(100, 2);
        _parent.Store(100, 1);
        AddressSpace child = _parent.Fork()!;
        notifier.Clear();
        child.Store(100, 2);
        Assert.Equal(Errno.None, child.Unmap(At(100), 2 * Page.SizeBytes));
        child.Dispose();
        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void A_store_to_a_shared_page_tells_of_it_before_the_new_page_can_be_seen()
    {
        RecordingNotifier notifier = new();
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        using AddressSpace child = _parent.Fork()!;
        FrameNumber shared = _parent.FrameAt(100);
        using NotifierSubscription subscription = _parent.Register(notifier);
        notifier.OnStart = _ => Assert.Equal(shared, _parent.FrameAt(100));
        notifier.OnEnd = _ => Assert.NotEqual(shared, _parent.FrameAt(100));
        _parent.Store(100, 2);
        Assert.Equal(["start Clear [0x64000, 0x65000)", "end Clear [0x64000, 0x65000)"], notifier.Calls.Take(2));
    }

    [Fact]
    public void A_chain_of_children_keeps_each_generations_bytes()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        using AddressSpace child = _parent.Fork()!;
        using AddressSpace grandchild = child.Fork()!;
        child.Store(100, 3);
        Assert.Equal((1, 3, 1), (_parent.Load(100), child.Load(100), grandchild.Load(100)));
        _parent.Store(100, 5);
        Assert.Equal((5, 3, 1), (_parent.Load(100), child.Load(100), grandchild.Load(100)));
        child.AssertInvariants();
        grandchild.AssertInvariants();
    }

    [Fact]
    public void Shared_memory_stays_shared()
    {
        using SharedMemoryObject shared = new(_memory, 4 * Page.SizeBytes);
        _parent.MapObject(100, 4, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        _parent.Store(100, 1);
        using AddressSpace child = _parent.Fork()!;
        child.Store(101, 2);
        _parent.Store(102, 3);
        Assert.Equal((1, 2, 3), (child.Load(100), _parent.Load(101), child.Load(102)));
        child.AssertInvariants();
    }

    [Fact]
    public void A_pinned_page_stays_the_parents_and_the_child_gets_a_copy()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _parent.Pin(Pages(100, 1), AccessRights.Write, pinned));
        using AddressSpace child = _parent.Fork()!;
        Assert.Equal(FaultKind.None, _parent.Access(At(100), AccessRights.Write).Kind);
        _parent.Store(100, 2);
        Assert.Equal(2, _memory.Bytes(pinned[0])[0]);
        Assert.Equal(1, child.Load(100));
        Assert.NotEqual(pinned[0], child.FrameAt(100));
        _parent.Unpin(pinned);
    }

    [Fact]
    public void A_fork_that_finds_no_frame_for_a_pinned_page_fails_and_leaves_nothing_behind()
    {
        using PhysicalMemory small = new(2);
        using AddressSpace parent = new(small);
        parent.MapPrivate(100, 1);
        parent.Store(100, 1);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, parent.Pin(Pages(100, 1), AccessRights.Write, pinned));
        Assert.Null(parent.Fork());
        parent.Unpin(pinned);
        parent.Store(100, 2);
        parent.AssertInvariants();
    }

    [Fact]
    public void A_page_pinned_for_reading_is_made_the_owners_alone_first()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 1);
        using AddressSpace child = _parent.Fork()!;
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _parent.Pin(Pages(100, 1), AccessRights.Read, pinned));
        Assert.NotEqual(child.FrameAt(100), pinned[0]);
        child.Store(100, 7);
        Assert.Equal(1, _memory.Bytes(pinned[0])[0]);
        _parent.Store(100, 8);
        Assert.Equal(8, _memory.Bytes(pinned[0])[0]);
        _parent.Unpin(pinned);
    }

    [Fact]
    public void The_zero_page_is_never_what_a_pin_holds()
    {
        _parent.MapPrivate(100, 1);
        Assert.Equal(0, _parent.Load(100));
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _parent.Pin(Pages(100, 1), AccessRights.Read, pinned));
        _parent.Store(100, 4);
        Assert.Equal(4, _memory.Bytes(pinned[0])[0]);
        _parent.Unpin(pinned);
    }

    [Fact]
    public void A_pin_keeps_the_frame_when_the_page_is_unmapped()
    {
        _parent.MapPrivate(100, 1);
        _parent.Store(100, 6);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _parent.Pin(Pages(100, 1), AccessRights.Read, pinned));
        Assert.Equal(Errno.None, _parent.Unmap(At(100), Page.SizeBytes));
        Assert.Equal(6, _memory.Bytes(pinned[0])[0]);
        Assert.Equal(2, _memory.FramesInUse);
        _parent.Unpin(pinned);
        Assert.Equal(1, _memory.FramesInUse);
    }
}
