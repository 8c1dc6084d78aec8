namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class ProtectTests : CallTest
{
    [Fact]
    public void What_lies_before_a_hole_is_changed_although_the_call_fails()
    {
        Map(2, 2);
        Map(5, 2);
        Assert.Equal(Errno.ENOMEM, Space.Protect(At(2), Bytes(5), AccessRights.Read));
        Assert.Equal("2+2:r--p 5+2:rw-p", Layout());
        Assert.Equal(FaultResult.AccessDenied, Touch(2));
    }

    [Fact]
    public void What_lies_before_an_area_that_may_not_be_written_is_changed_although_the_call_fails()
    {
        using SharedMemoryObject target = NewObject(1);
        Map(2, 1, AccessRights.Read);
        MapObject(3, 1, new ObjectHandle(target, AccessRights.Read), rights: AccessRights.Read);
        Assert.Equal(Errno.EACCES, Space.Protect(At(2), Bytes(2), AccessRights.ReadWrite));
        Assert.Equal("2+1:rw-p 3+1:r--s", Layout());
    }

    [Fact]
    public void Nothing_is_to_be_done_for_no_length_even_where_nothing_is_mapped()
    {
        Assert.Equal(Errno.None, Space.Protect(At(2), 0, AccessRights.Read));
        Assert.Equal(Errno.EINVAL, Space.Protect(At(2) + 1, 0, AccessRights.Read));
    }

    [Fact]
    public void A_length_that_wraps_is_refused_before_unknown_rights()
    {
        Map(2, 1);
        Assert.Equal(Errno.ENOMEM, Space.Protect(At(2), ulong.MaxValue, (AccessRights)64));
        Assert.Equal(Errno.EINVAL, Space.Protect(At(2), 1, (AccessRights)64));
    }

    [Fact]
    public void Rights_that_come_back_bring_the_contents_back()
    {
        Map(2, 3);
        Store(3, 5);
        Space.Protect(At(3), Bytes(1), AccessRights.None);
        Assert.Equal(FaultResult.AccessDenied, Touch(3, AccessRights.Read));
        Assert.Equal("2+1:rw-p 3+1:---p 4+1:rw-p", Layout());
        Space.Protect(At(3), Bytes(1), AccessRights.ReadWrite);
        Assert.Equal(5, Load(3));
        Assert.Equal("2+3:rw-p", Layout());
    }

    [Fact]
    public void Locked_private_memory_that_becomes_writable_is_copied_at_once()
    {
        Map(2, 1, AccessRights.Read);
        Space.Lock(At(2), Bytes(1));
        Space.Protect(At(2), Bytes(1), AccessRights.ReadWrite);
        Assert.Equal(default, Space.Access(At(2), AccessRights.Write));
    }
}
