namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class UnmapTests : CallTest
{
    [Fact]
    public void Several_areas_parts_of_areas_and_holes_go_at_once()
    {
        Map(2, 2);
        Map(6, 2, AccessRights.Read);
        Map(10, 2, AccessRights.Execute);
        Assert.Equal(Errno.None, Space.Unmap(At(3), Bytes(8)));
        Assert.Equal("2+1:rw-p 11+1:--xp", Layout());
    }

    [Fact]
    public void A_range_without_areas_is_unmapped_already() => Assert.Equal(Errno.None, Space.Unmap(At(3), Bytes(8)));

    [Fact]
    public void Start_and_length_must_make_sense()
    {
        Map(2, 2);
        Assert.Equal(Errno.EINVAL, Space.Unmap(At(2) + 1, Bytes(1)));
        Assert.Equal(Errno.EINVAL, Space.Unmap(At(2), 0));
        Assert.Equal(Errno.EINVAL, Space.Unmap(At(2), ulong.MaxValue));
        Assert.Equal(Errno.EINVAL, Space.Unmap(DefaultOptions.Bounds.End, Bytes(1)));
        Assert.Equal("2+2:rw-p", Layout());
    }

    [Fact]
    public void The_length_is_rounded_up()
    {
        Map(2, 3);
        Assert.Equal(Errno.None, Space.Unmap(At(2), Bytes(1) + 1));
        Assert.Equal("4+1:rw-p", Layout());
    }

    [Fact]
    public void Unmapped_memory_is_gone_for_good()
    {
        Map(2, 1);
        Store(2, 9);
        Space.Unmap(At(2), Bytes(1));
        Assert.Equal(FaultResult.NotMapped, Touch(2, AccessRights.Read));
        Map(2, 1);
        Assert.Equal(0, Load(2));
    }
}
