namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class SyncTests : CallTest
{
    [Fact]
    public void What_was_stored_through_a_shared_mapping_reaches_the_file()
    {
        ByteFileContent content = new(new byte[Page.SizeBytes]);
        using FileObject file = new(Memory, content);
        MapObject(2, 1, new ObjectHandle(file, AccessRights.ReadWrite));
        Store(2, 1);
        Assert.Equal(Errno.None, Space.Sync(At(2), Bytes(1), SyncFlags.Sync));
        Assert.Equal(1, content.ToArray()[0]);
        Store(2, 2);
        Assert.Equal(Errno.None, Space.Sync(At(2), Bytes(1), SyncFlags.Sync));
        Assert.Equal(2, content.ToArray()[0]);
    }

    [Fact]
    public void Flags_and_alignment_are_looked_at_first_and_a_wrapping_end_is_ENOMEM()
    {
        Assert.Equal(Errno.EINVAL, Space.Sync(At(2), Bytes(1), SyncFlags.Sync | SyncFlags.Async));
        Assert.Equal(Errno.EINVAL, Space.Sync(At(2), Bytes(1), (SyncFlags)8));
        Assert.Equal(Errno.EINVAL, Space.Sync(At(2) + 1, Bytes(1), SyncFlags.Sync));
        Assert.Equal(Errno.ENOMEM, Space.Sync(At(2), ulong.MaxValue - 4095, SyncFlags.Sync));
        Assert.Equal(Errno.None, Space.Sync(At(2), 0, SyncFlags.Sync));
    }

    [Fact]
    public void Holes_are_reported_at_the_end_and_locked_memory_is_not_invalidated()
    {
        Map(2, 1);
        Map(4, 1);
        Space.Lock(At(4), Bytes(1));
        Assert.Equal(Errno.ENOMEM, Space.Sync(At(2), Bytes(3), SyncFlags.Sync));
        Assert.Equal(Errno.EBUSY, Space.Sync(At(2), Bytes(3), SyncFlags.Invalidate));
        Assert.Equal(Errno.None, Space.Sync(At(2), Bytes(1), SyncFlags.Async));
    }

    [Fact]
    public void A_page_is_resident_once_it_is_mapped_or_cached()
    {
        using SharedMemoryObject target = NewObject(2);
        Map(2, 1);
        MapObject(3, 2, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(4, target.Write(0, new byte[4]).Bytes);
        bool[] resident = new bool[3];
        Assert.Equal(Errno.None, Space.Resident(At(2), Bytes(3), resident));
        Assert.Equal([false, true, false], resident);
        Load(2);
        Space.Resident(At(2), Bytes(1), resident);
        Assert.True(resident[0]);
        Assert.Equal(Errno.EINVAL, Space.Resident(At(2) + 1, 1, resident));
        Assert.Equal(Errno.ENOMEM, Space.Resident(At(4), Bytes(2), resident));
        Assert.Equal(Errno.EFAULT, Space.Resident(At(2), Bytes(4), resident));
    }
}
