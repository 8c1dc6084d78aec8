namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>When neighbours become one area.</summary>
public sealed class MergingTests : CallTest
{
    [Fact]
    public void Equal_neighbours_merge_on_both_sides()
    {
        Map(2, 2);
        Map(6, 2);
        Map(4, 2);
        Assert.Equal("2+6:rw-p", Layout());
    }

    [Fact]
    public void Objects_merge_if_they_are_opened_once_and_the_offsets_go_on()
    {
        using SharedMemoryObject target = NewObject(8);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        MapObject(2, 2, handle);
        MapObject(4, 2, handle, offset: 2);
        MapObject(6, 1, handle, offset: 5);
        MapObject(7, 1, new ObjectHandle(target, AccessRights.ReadWrite), offset: 6);
        Assert.Equal("2+4:rw-s 6+1:rw-s 7+1:rw-s", Layout());
    }

    [Theory]
    [InlineData(Advice.Random)]
    [InlineData(Advice.DontFork)]
    [InlineData(Advice.WipeOnFork)]
    [InlineData(Advice.DontDump)]
    [InlineData(Advice.HugePage)]
    [InlineData(Advice.Mergeable)]
    public void Advice_splits_an_area(Advice advice)
    {
        Map(2, 3);
        Space.Advise(At(3), Bytes(1), advice);
        Assert.Equal("2+1:rw-p 3+1:rw-p 4+1:rw-p", Layout());
    }

    [Theory]
    [InlineData(Advice.Sequential, Advice.Normal)]
    [InlineData(Advice.DontFork, Advice.DoFork)]
    [InlineData(Advice.WipeOnFork, Advice.KeepOnFork)]
    [InlineData(Advice.DontDump, Advice.DoDump)]
    [InlineData(Advice.Mergeable, Advice.Unmergeable)]
    public void Advice_that_is_undone_makes_an_area_whole_again(Advice advice, Advice undone)
    {
        Map(2, 3);
        Store(2, 1);
        Space.Advise(At(3), Bytes(1), advice);
        Space.Advise(At(3), Bytes(1), undone);
        Assert.Equal("2+3:rw-p", Layout());
    }

    [Fact]
    public void Memory_that_is_accounted_for_does_not_merge_with_memory_that_is_not()
    {
        Map(2, 2);
        Map(4, 2, flags: MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.NoReserve);
        Assert.Equal("2+2:rw-p 4+2:rw-p", Layout());
    }

    [Fact]
    public void Memory_that_was_writable_and_used_stays_accounted_for()
    {
        Map(2, 1);
        Map(6, 1);
        Store(2, 1);
        Space.Protect(At(2), Bytes(1), AccessRights.Read);
        Space.Protect(At(6), Bytes(1), AccessRights.Read);
        Map(3, 1, AccessRights.Read);
        Map(7, 1, AccessRights.Read);
        Assert.Equal("2+1:r--p 3+1:r--p 6+2:r--p", Layout());
    }

    [Fact]
    public void Two_areas_with_pages_of_their_own_stay_two()
    {
        Map(2, 2);
        Map(6, 2);
        Store(2, 1);
        Store(6, 2);
        Map(4, 2);
        Assert.Equal("2+4:rw-p 6+2:rw-p", Layout());
    }

    [Fact]
    public void The_first_page_of_an_area_joins_the_family_of_a_neighbour_that_differs_in_rights_only()
    {
        Map(2, 2);
        Map(4, 2, AccessRights.Write);
        Store(2, 1);
        Store(4, 2);
        Space.Protect(At(4), Bytes(2), AccessRights.ReadWrite);
        Assert.Equal("2+4:rw-p", Layout());
        Assert.Equal((1, 2), (Load(2), Load(4)));
    }

    [Fact]
    public void In_a_child_what_has_pages_of_the_parent_merges_with_its_own_parts_only()
    {
        Map(2, 4);
        Store(2, 1);
        using AddressSpace child = Space.Fork()!;
        child.Protect(At(3), Bytes(1), AccessRights.Read);
        child.Protect(At(3), Bytes(1), AccessRights.ReadWrite);
        const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
        child.Map(new MapRequest(Bytes(1), AccessRights.ReadWrite, Fixed) { Address = At(6) });
        Assert.Equal("2+4:rw-p 6+1:rw-p", Layout(child));
        Map(6, 1);
        Assert.Equal("2+5:rw-p", Layout());
        child.AssertInvariants();
    }

    [Fact]
    public void Parts_of_an_area_that_were_apart_at_fork_stay_apart_in_the_child()
    {
        Map(2, 4);
        Store(2, 1);
        Store(4, 1);
        Space.Protect(At(4), Bytes(2), AccessRights.Read);
        using AddressSpace child = Space.Fork()!;
        child.Protect(At(4), Bytes(2), AccessRights.ReadWrite);
        Space.Protect(At(4), Bytes(2), AccessRights.ReadWrite);
        Assert.Equal("2+2:rw-p 4+2:rw-p", Layout(child));
        Assert.Equal("2+4:rw-p", Layout());
    }

    [Fact]
    public void A_store_that_a_guard_refuses_makes_no_page()
    {
        using SharedMemoryObject target = NewObject(4);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        MapObject(2, 2, handle, MapFlags.Private | MapFlags.Fixed);
        MapObject(4, 2, handle, MapFlags.Private | MapFlags.Fixed, offset: 2, rights: AccessRights.Write);
        Space.Advise(At(4), Bytes(2), Advice.GuardInstall);
        Assert.Equal(FaultResult.NotMapped, Touch(4));
        Space.Advise(At(2), Bytes(2), Advice.Random);
        Store(2, 1);
        Space.Protect(At(4), Bytes(2), AccessRights.ReadWrite);
        Space.Advise(At(2), Bytes(2), Advice.Normal);
        Assert.Equal("2+4:rw-p", Layout());
    }
}
