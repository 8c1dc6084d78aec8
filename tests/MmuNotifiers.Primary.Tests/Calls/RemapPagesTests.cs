namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class RemapPagesTests : CallTest
{
    private readonly SharedMemoryObject _target;

    public RemapPagesTests()
    {
        _target = NewObject(8);
        MapObject(2, 8, new ObjectHandle(_target, AccessRights.ReadWrite));
        _target.Dispose();
        for (byte page = 0; page < 8; page++)
        {
            Store(2UL + page, (byte)(10 + page));
        }
    }

    [Fact]
    public void Pages_show_other_pages_of_the_object_and_the_area_stays_one()
    {
        Assert.Equal(Errno.None, Space.RemapPages(At(2), Bytes(2), 5));
        Assert.Equal((15, 16, 12), (Load(2), Load(3), Load(4)));
        Assert.Equal("2+8:rw-s", Layout());
        Store(2, 99);
        Assert.Equal(99, Load(7));
    }

    [Fact]
    public void The_order_survives_dropping_moving_and_fork()
    {
        Space.RemapPages(At(2), Bytes(1), 7);
        Space.Advise(At(2), Bytes(8), Advice.DontNeed);
        Assert.Equal(17, Load(2));
        Space.Move(At(2), Bytes(8), Bytes(8), MoveFlags.MayMove | MoveFlags.Fixed, At(40));
        Assert.Equal(17, Load(40));
        using AddressSpace child = Space.Fork()!;
        byte[] bytes = new byte[1];
        child.Read(At(40), bytes);
        Assert.Equal(17, bytes[0]);
    }

    [Fact]
    public void The_range_lies_within_one_shared_mapping()
    {
        Map(20, 2);
        Assert.Equal(Errno.EINVAL, Space.RemapPages(At(20), Bytes(1), 0));
        Assert.Equal(Errno.EINVAL, Space.RemapPages(At(9), Bytes(2), 0));
        Assert.Equal(Errno.EINVAL, Space.RemapPages(At(30), Bytes(1), 0));
        Assert.Equal(Errno.EINVAL, Space.RemapPages(At(2), Bytes(1) - 1, 0));
        Assert.Equal(Errno.EINVAL, Space.RemapPages(At(2), Bytes(1), ulong.MaxValue));
    }
}
