namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class LockTests() : CallTest(new AddressSpaceOptions
{
    PlacementWindow = Core.Spaces.Pages(Window, WindowPages),
    MaxLockedBytes = 8UL << Page.Shift,
})
{
    private const MapFlags Locked = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.Locked;

    [Fact]
    public void Locked_memory_takes_no_fault()
    {
        Map(2, 2);
        Assert.Equal(Errno.None, Space.Lock(At(2) + 5, Bytes(1)));
        Assert.Equal(default, Space.Access(At(3), AccessRights.Write));
        Assert.True(Space.Layout()[0].IsLocked);
    }

    [Fact]
    public void What_is_locked_already_does_not_count_twice()
    {
        Map(2, 20);
        Assert.Equal(Errno.None, Space.Lock(At(2), Bytes(8)));
        Assert.Equal(Errno.None, Space.Lock(At(2), Bytes(8)));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(2), Bytes(9)));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(10), Bytes(1)));
        Assert.Equal(Errno.EAGAIN, Map(40, 1, flags: Locked).Error);
        Assert.Equal(Errno.None, Space.Unlock(At(2), Bytes(1)));
        Assert.Equal(At(40), Map(40, 1, flags: Locked).Address);
    }

    [Fact]
    public void Growing_what_is_locked_keeps_to_the_limit()
    {
        Map(2, 8);
        Space.Lock(At(2), Bytes(8));
        Assert.Equal(Errno.EAGAIN, Space.Move(At(2), Bytes(8), Bytes(9), MoveFlags.MayMove).Error);
    }

    [Fact]
    public void What_lies_before_a_hole_is_locked_although_the_call_fails()
    {
        Map(2, 1);
        Map(4, 1);
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(2), Bytes(3)));
        Assert.Equal([true, false], Space.Layout().Select(area => area.IsLocked));
        Assert.Equal(Errno.ENOMEM, Space.Unlock(At(2), Bytes(3)));
        Assert.Equal([false, false], Space.Layout().Select(area => area.IsLocked));
    }

    [Fact]
    public void Memory_that_cannot_be_faulted_in_stays_locked_although_the_call_fails()
    {
        using SharedMemoryObject target = NewObject(1);
        Map(2, 1, AccessRights.None);
        MapObject(4, 2, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(2), Bytes(1)));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(4), Bytes(2)));
        Assert.All(Space.Layout(), area => Assert.True(area.IsLocked));
    }

    [Fact]
    public void A_length_whose_rounding_wraps_to_zero_locks_nothing()
    {
        Assert.Equal(Errno.None, Space.Lock(At(2), ulong.MaxValue));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(2), ulong.MaxValue - 4095));
    }

    [Fact]
    public void Locking_the_future_locks_new_mappings()
    {
        Assert.Equal(Errno.None, Space.LockAll(LockAllScope.Future));
        Map(2, 8);
        Assert.Equal(default, Space.Access(At(9), AccessRights.Write));
        Assert.Equal(Errno.EAGAIN, Map(40, 1).Error);
        Space.UnlockAll();
        Assert.Equal(At(40), Map(40, 1).Address);
        Assert.All(Space.Layout(), area => Assert.False(area.IsLocked));
    }

    [Fact]
    public void Locking_what_is_mapped_keeps_to_the_limit_as_a_whole()
    {
        Map(2, 8);
        Assert.Equal(Errno.None, Space.LockAll(LockAllScope.Current));
        Map(20, 1);
        Assert.Equal(Errno.ENOMEM, Space.LockAll(LockAllScope.Current));
        Assert.Equal(Errno.EINVAL, Space.LockAll(LockAllScope.None));
    }

    [Fact]
    public void Where_nothing_may_be_locked_locking_is_not_permitted()
    {
        using AddressSpace space = new(Memory, new AddressSpaceOptions { MaxLockedBytes = 0 });
        Assert.Equal(Errno.EPERM, space.Lock(At(2), 0));
        Assert.Equal(Errno.EPERM, space.LockAll(LockAllScope.Current));
        Assert.Equal(Errno.EPERM, space.Map(new MapRequest(1, AccessRights.Read, Locked) { Address = At(2) }).Error);
        Assert.Equal(Errno.ENOMEM, space.Unlock(At(2), Bytes(1)));
    }

    [Fact]
    public void A_move_keeps_the_lock_and_what_stays_behind_has_none()
    {
        Map(2, 2);
        Space.Lock(At(2), Bytes(2));
        Space.Move(At(2), Bytes(2), Bytes(2), MoveFlags.MayMove | MoveFlags.DontUnmap, At(20));
        Assert.Equal([false, true], Space.Layout().Select(area => area.IsLocked));
    }
}
