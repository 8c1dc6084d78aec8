namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>Addresses that no process has: the upper half, and ranges that reach into it.</summary>
public sealed class AddressLimitTests : CallTest
{
    private static readonly VirtualAddress Far = new(0xffff_8000_0000_0000);

    [Fact]
    public void Calls_on_the_upper_half_find_nothing_there()
    {
        Map(2, 2);
        Store(2, 1);
        Assert.Equal(Errno.EINVAL, Space.Unmap(Far, Bytes(1)));
        Assert.Equal(Errno.ENOMEM, Space.Protect(Far, Bytes(1), AccessRights.Read));
        Assert.Equal(Errno.EFAULT, Space.Move(Far, Bytes(1), Bytes(1), MoveFlags.MayMove).Error);
        Assert.Equal(Errno.ENOMEM, Space.Advise(Far, Bytes(1), Advice.DontNeed));
        Assert.Equal(Errno.ENOMEM, Space.Advise(Far, Bytes(1), Advice.PopulateRead));
        Assert.Equal(Errno.ENOMEM, Space.Sync(Far, Bytes(1), SyncFlags.Sync));
        Assert.Equal(Errno.ENOMEM, Space.Lock(Far, Bytes(1)));
        Assert.Equal(Errno.ENOMEM, Space.Resident(Far, Bytes(1), new bool[1]));
        Assert.Equal(Errno.EINVAL, Space.RemapPages(Far, Bytes(1), 0));
        Assert.Equal(FaultResult.NotMapped, Space.Access(Far, AccessRights.Read).Result);
        Assert.Equal("2+2:rw-p", Layout());
        Assert.Equal(1, Load(2));
    }

    [Fact]
    public void A_range_that_reaches_into_the_upper_half_ends_where_the_areas_do()
    {
        Map(2, 2);
        Store(3, 1);
        ulong bytes = Far - At(3);
        Assert.Equal(Errno.ENOMEM, Space.Advise(At(3), bytes, Advice.DontNeed));
        Assert.Equal(0, Load(3));
        Assert.Equal(Errno.ENOMEM, Space.Protect(At(3), bytes, AccessRights.Read));
        Assert.Equal("2+1:rw-p 3+1:r--p", Layout());
    }
}
