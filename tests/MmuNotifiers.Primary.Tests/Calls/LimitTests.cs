namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>Limits of areas and of the address space. Mapping is refused with more areas than the limit, splitting with as many.</summary>
public sealed class LimitTests() : CallTest(new AddressSpaceOptions
{
    PlacementWindow = Core.Spaces.Pages(Window, WindowPages),
    MaxAreas = 10,
    MaxAddressSpaceBytes = 100UL << Page.Shift,
})
{
    [Fact]
    public void There_may_be_one_area_more_than_the_limit()
    {
        MapApart(11);
        Assert.Equal(Errno.ENOMEM, Map(60, 1).Error);
        Assert.Equal(Errno.None, Space.Unmap(At(0), Bytes(1)));
        Assert.Equal(At(60), Map(60, 1).Address);
    }

    [Fact]
    public void What_would_merge_is_refused_as_well()
    {
        MapApart(11);
        Assert.Equal(Errno.ENOMEM, Map(1, 1).Error);
    }

    [Fact]
    public void Nothing_is_unmapped_if_an_area_would_be_split_beyond_the_limit()
    {
        MapApart(9);
        Map(50, 3);
        Assert.Equal(Errno.ENOMEM, Space.Unmap(At(51), Bytes(1)));
        Assert.Equal(Errno.ENOMEM, Map(51, 1, AccessRights.Read).Error);
        Assert.Equal(Errno.None, Space.Unmap(At(52), Bytes(1)));
        Assert.EndsWith("50+2:rw-p", Layout(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_needs_two_splits_may_fail_after_the_first()
    {
        MapApart(8);
        Map(50, 3);
        Assert.Equal(Errno.ENOMEM, Space.Protect(At(51), Bytes(1), AccessRights.Read));
        Assert.EndsWith("50+1:rw-p 51+2:rw-p", Layout(), StringComparison.Ordinal);
        Assert.Equal(Errno.EAGAIN, Space.Advise(At(51), Bytes(1), Advice.DontFork));
        Assert.Equal(Errno.ENOMEM, Space.Lock(At(51), Bytes(1)));
    }

    [Fact]
    public void A_change_that_moves_the_border_to_a_neighbour_needs_no_area()
    {
        MapApart(8);
        Map(50, 2);
        Map(52, 2, AccessRights.Read);
        Assert.Equal(Errno.None, Space.Protect(At(51), Bytes(1), AccessRights.Read));
        Assert.EndsWith("50+1:rw-p 51+3:r--p", Layout(), StringComparison.Ordinal);
    }

    [Fact]
    public void Moving_needs_areas_in_reserve()
    {
        MapApart(5);
        Assert.Equal(Errno.ENOMEM, Space.Move(At(0), Bytes(1), Bytes(1), MoveFlags.MayMove | MoveFlags.Fixed, At(60)).Error);
        Space.Unmap(At(8), Bytes(1));
        Assert.Equal(At(60), Space.Move(At(0), Bytes(1), Bytes(1), MoveFlags.MayMove | MoveFlags.Fixed, At(60)).Address);
    }

    [Fact]
    public void The_address_space_has_a_limit_that_replaced_memory_does_not_count_against()
    {
        Map(0, 60);
        Assert.Equal(Errno.ENOMEM, Map(60, 41).Error);
        Assert.Equal(At(20), Map(20, 80, AccessRights.Read).Address);
        Assert.Equal(Errno.ENOMEM, Space.Move(At(20), Bytes(80), Bytes(81), MoveFlags.MayMove).Error);
        Assert.Equal(Errno.ENOMEM, Space.Move(At(0), Bytes(20), Bytes(20), MoveFlags.MayMove | MoveFlags.DontUnmap).Error);
    }

    private void MapApart(ulong areas)
    {
        for (ulong area = 0; area < areas; area++)
        {
            Assert.Equal(At(area * 2), Map(area * 2, 1).Address);
        }
    }
}
