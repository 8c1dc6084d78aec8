namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class MoveTests : CallTest
{
    private const MoveFlags Fixed = MoveFlags.MayMove | MoveFlags.Fixed;
    private const MoveFlags DontUnmap = MoveFlags.MayMove | MoveFlags.DontUnmap;

    [Fact]
    public void Pages_go_with_a_fixed_move_and_nothing_stays_behind()
    {
        Map(2, 3);
        Store(3, 5);
        Assert.Equal(At(20), Space.Move(At(2), Bytes(3), Bytes(3), Fixed, At(20)).Address);
        Assert.Equal("20+3:rw-p", Layout());
        Assert.Equal(5, Load(21));
        Assert.Equal(FaultResult.NotMapped, Touch(3));
    }

    [Fact]
    public void Arguments_that_make_no_sense_are_refused_before_anything_is_touched()
    {
        Map(2, 3);
        Map(20, 3, AccessRights.Read);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(1), Bytes(1), (MoveFlags)16).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2) + 1, Bytes(1), Bytes(1), MoveFlags.None).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(1), 0, MoveFlags.MayMove).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(3), Bytes(3), Fixed, At(20) + 1).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(3), Bytes(3), MoveFlags.Fixed, At(20)).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(3), Bytes(3), Fixed, At(4)).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(3), Bytes(2), DontUnmap, At(20)).Error);
        Assert.Equal(Errno.EINVAL, Space.Move(At(2), Bytes(3), Bytes(3), Fixed, DefaultOptions.Bounds.End).Error);
        Assert.Equal("2+3:rw-p 20+3:r--p", Layout());
    }

    [Fact]
    public void A_range_beyond_its_area_can_be_shrunk_but_not_grown_or_resized_elsewhere()
    {
        Map(2, 2);
        Map(4, 2, AccessRights.Read);
        Assert.Equal(Errno.EFAULT, Space.Move(At(2), Bytes(4), Bytes(5), MoveFlags.MayMove).Error);
        Assert.Equal(Errno.EFAULT, Space.Move(At(2), Bytes(4), Bytes(3), Fixed, At(20)).Error);
        Assert.Equal(At(2), Space.Move(At(2), Bytes(4), Bytes(1), MoveFlags.None).Address);
        Assert.Equal("2+1:rw-p", Layout());
    }

    [Fact]
    public void The_target_of_a_fixed_move_stays_unmapped_if_the_source_is_not_there()
    {
        Map(2, 1);
        Map(20, 2, AccessRights.Read);
        Assert.Equal(Errno.EFAULT, Space.Move(At(5), Bytes(1), Bytes(1), Fixed, At(20)).Error);
        Assert.Equal("2+1:rw-p 20+2:r--p", Layout());
    }

    [Fact]
    public void A_fixed_move_over_several_areas_keeps_their_distances_and_what_lies_at_the_places_of_holes()
    {
        Map(2, 2);
        Map(6, 2, AccessRights.Read);
        Map(22, 1, AccessRights.Execute);
        Store(3, 1);
        Assert.Equal(At(20), Space.Move(At(2), Bytes(6), Bytes(6), Fixed, At(20)).Address);
        Assert.Equal("20+2:rw-p 22+1:--xp 24+2:r--p", Layout());
        Assert.Equal(1, Load(21));
    }

    [Fact]
    public void A_fixed_move_must_not_start_in_a_hole()
    {
        Map(3, 2);
        Assert.Equal(Errno.EFAULT, Space.Move(At(2), Bytes(3), Bytes(3), Fixed, At(20)).Error);
        Assert.Equal("3+2:rw-p", Layout());
    }

    [Fact]
    public void In_place_growth_takes_the_free_pages_behind_the_area_only()
    {
        Map(2, 3);
        Map(7, 1, AccessRights.Read);
        Assert.Equal(At(2), Space.Move(At(2), Bytes(3), Bytes(5), MoveFlags.None).Address);
        Assert.Equal("2+5:rw-p 7+1:r--p", Layout());
        Assert.Equal(Errno.ENOMEM, Space.Move(At(2), Bytes(5), Bytes(6), MoveFlags.None).Error);
        Assert.Equal(Errno.ENOMEM, Space.Move(At(2), Bytes(2), Bytes(3), MoveFlags.None).Error);
    }

    [Fact]
    public void Growth_that_finds_no_room_in_place_moves_to_the_highest_gap()
    {
        Map(2, 2);
        Map(4, 1, AccessRights.Read);
        Store(2, 3);
        Assert.Equal(At(124), Space.Move(At(2), Bytes(2), Bytes(4), MoveFlags.MayMove).Address);
        Assert.Equal(3, Load(124));
        Assert.Equal("4+1:r--p 124+4:rw-p", Layout());
    }

    [Fact]
    public void What_must_not_be_unmapped_stays_empty()
    {
        Map(2, 2);
        Store(2, 3);
        Assert.Equal(At(126), Space.Move(At(2), Bytes(2), Bytes(2), DontUnmap).Address);
        Assert.Equal((3, 0), (Load(126), Load(2)));
    }

    [Fact]
    public void No_old_length_makes_a_second_mapping_of_shared_memory_only()
    {
        Map(2, 1, flags: MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        Map(4, 1);
        Store(2, 3);
        Assert.Equal(At(10), Space.Move(At(2), 0, Bytes(1), Fixed, At(10)).Address);
        Store(10, 4);
        Assert.Equal(4, Load(2));
        Assert.Equal(Errno.EINVAL, Space.Move(At(4), 0, Bytes(1), MoveFlags.MayMove).Error);
        Assert.Equal(Errno.ENOMEM, Space.Move(At(2), 0, Bytes(1), MoveFlags.None).Error);
    }

    [Fact]
    public void Memory_that_was_never_touched_merges_where_it_goes_and_touched_memory_where_it_came_from()
    {
        Map(2, 4);
        Map(10, 2);
        Space.Move(At(10), Bytes(2), Bytes(2), Fixed, At(6));
        Assert.Equal("2+6:rw-p", Layout());
        Store(2, 1);
        Space.Move(At(4), Bytes(2), Bytes(2), Fixed, At(40));
        Map(42, 1);
        Assert.Equal("2+2:rw-p 6+2:rw-p 40+2:rw-p 42+1:rw-p", Layout());
        Space.Move(At(40), Bytes(2), Bytes(2), Fixed, At(4));
        Assert.Equal("2+6:rw-p 42+1:rw-p", Layout());
    }

    [Fact]
    public void A_guard_moves_with_its_page()
    {
        Map(2, 2);
        Space.Advise(At(3), Bytes(1), Advice.GuardInstall);
        Space.Move(At(2), Bytes(2), Bytes(2), Fixed, At(8));
        Assert.Equal(FaultResult.NotMapped, Touch(9));
        Assert.Equal(FaultResult.Success, Touch(8));
    }
}
