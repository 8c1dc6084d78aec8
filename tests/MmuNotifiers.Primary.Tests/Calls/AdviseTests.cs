namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class AdviseTests : CallTest
{
    [Fact]
    public void Advice_alignment_and_length_are_looked_at_before_the_areas()
    {
        Assert.Equal(Errno.EINVAL, Space.Advise(At(2), 0, (Advice)99));
        Assert.Equal(Errno.EINVAL, Space.Advise(At(2) + 1, 0, Advice.Normal));
        Assert.Equal(Errno.EINVAL, Space.Advise(At(2), ulong.MaxValue, Advice.Normal));
        Assert.Equal(Errno.None, Space.Advise(At(2), 0, Advice.Normal));
        Assert.Equal(Errno.EPERM, Space.Advise(At(2), Bytes(1), Advice.HwPoison));
    }

    [Fact]
    public void Holes_are_passed_over_and_reported_at_the_end()
    {
        Map(2, 1);
        Map(4, 1);
        Store(2, 1);
        Store(4, 2);
        Assert.Equal(Errno.ENOMEM, Space.Advise(At(1), Bytes(5), Advice.DontNeed));
        Assert.Equal((0, 0), (Load(2), Load(4)));
        Assert.Equal(Errno.None, Space.Advise(At(4), Bytes(1), Advice.DontNeed));
        Assert.Equal(Errno.ENOMEM, Space.Advise(At(4), Bytes(2), Advice.Normal));
    }

    [Fact]
    public void Locked_memory_is_not_dropped_unless_that_is_said()
    {
        Map(2, 1);
        Store(2, 1);
        Space.Lock(At(2), Bytes(1));
        foreach (Advice advice in new[] { Advice.DontNeed, Advice.Free, Advice.Cold, Advice.PageOut, Advice.GuardInstall })
        {
            Assert.Equal(Errno.EINVAL, Space.Advise(At(2), Bytes(1), advice));
        }

        Assert.Equal(1, Load(2));
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(1), Advice.DontNeedLocked));
        Assert.Equal(0, Load(2));
    }

    [Fact]
    public void The_rights_do_not_matter_to_what_drops_pages()
    {
        Map(2, 1);
        Store(2, 1);
        Space.Protect(At(2), Bytes(1), AccessRights.None);
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(1), Advice.DontNeed));
        Space.Protect(At(2), Bytes(1), AccessRights.Read);
        Assert.Equal(0, Load(2));
    }

    [Fact]
    public void Only_private_anonymous_memory_is_freed_lazily_or_wiped_on_fork()
    {
        using SharedMemoryObject target = NewObject(1);
        MapObject(2, 1, new ObjectHandle(target, AccessRights.ReadWrite), MapFlags.Private | MapFlags.Fixed);
        Map(3, 1, flags: MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        foreach (ulong page in new ulong[] { 2, 3 })
        {
            Assert.Equal(Errno.EINVAL, Space.Advise(At(page), Bytes(1), Advice.Free));
            Assert.Equal(Errno.EINVAL, Space.Advise(At(page), Bytes(1), Advice.WipeOnFork));
        }
    }

    [Fact]
    public void A_hole_is_punched_by_who_has_the_right_to_write_even_if_the_area_cannot_be_written()
    {
        using SharedMemoryObject target = NewObject(2);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        MapObject(2, 2, handle);
        MapObject(4, 1, new ObjectHandle(target, AccessRights.Read), rights: AccessRights.Read);
        MapObject(5, 1, handle, MapFlags.Private | MapFlags.Fixed);
        Map(6, 1);
        Store(2, 1);
        Store(3, 2);
        Space.Protect(At(2), Bytes(2), AccessRights.Read);
        Assert.Equal(Errno.EACCES, Space.Advise(At(4), Bytes(1), Advice.Remove));
        Assert.Equal(Errno.EACCES, Space.Advise(At(5), Bytes(1), Advice.Remove));
        Assert.Equal(Errno.EINVAL, Space.Advise(At(6), Bytes(1), Advice.Remove));
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(1), Advice.Remove));
        Assert.Equal((0, 2), (Load(2), Load(3)));
    }

    [Fact]
    public void Children_do_not_get_what_they_are_not_to_have()
    {
        Map(2, 3);
        Store(2, 1);
        Store(3, 2);
        Store(4, 3);
        Space.Advise(At(2), Bytes(1), Advice.DontFork);
        Space.Advise(At(3), Bytes(1), Advice.WipeOnFork);
        Space.Lock(At(4), Bytes(1));
        using AddressSpace child = Space.Fork()!;
        Assert.Equal("3+1:rw-p 4+1:rw-p", Layout(child));
        Assert.Equal([AreaKinds.WipeOnFork, AreaKinds.None], child.Layout().Select(area => area.Kind));
        byte[] bytes = new byte[1];
        child.Read(At(3), bytes);
        Assert.Equal(0, bytes[0]);
        child.Read(At(4), bytes);
        Assert.Equal(3, bytes[0]);
    }

    [Fact]
    public void Populating_ends_at_the_first_page_that_cannot_be_had_and_says_why()
    {
        using SharedMemoryObject target = NewObject(1);
        Map(2, 1);
        Map(3, 1, AccessRights.Write);
        MapObject(5, 2, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(Errno.EINVAL, Space.Advise(At(2), Bytes(3), Advice.PopulateRead));
        Assert.Equal(Errno.ENOMEM, Space.Advise(At(2), Bytes(3), Advice.PopulateWrite));
        Assert.Equal(Errno.EFAULT, Space.Advise(At(5), Bytes(2), Advice.PopulateRead));
        Assert.Equal(default, Space.Access(At(2), AccessRights.Write));
        Assert.Equal(default, Space.Access(At(3), AccessRights.Write));
    }

    [Fact]
    public void Guards_survive_dropping_protection_and_fork()
    {
        Map(2, 2);
        Store(2, 1);
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(1), Advice.GuardInstall));
        Space.Advise(At(2), Bytes(2), Advice.DontNeed);
        Space.Protect(At(2), Bytes(2), AccessRights.Read);
        Space.Protect(At(2), Bytes(2), AccessRights.ReadWrite);
        using AddressSpace child = Space.Fork()!;
        using AddressSpace grandchild = child.Fork()!;
        Assert.Equal(FaultResult.NotMapped, Touch(2));
        Assert.Equal(FaultResult.NotMapped, grandchild.Access(At(2), AccessRights.Read).Result);
        Space.Advise(At(2), Bytes(2), Advice.GuardRemove);
        Assert.Equal(0, Load(2));
    }

    [Fact]
    public void Prefetching_brings_a_file_into_its_cache_and_maps_nothing()
    {
        using FileObject file = new(Memory, new ByteFileContent(new byte[3 * Page.SizeBytes]));
        MapObject(2, 3, new ObjectHandle(file, AccessRights.ReadWrite));
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(2), Advice.WillNeed));
        bool[] resident = new bool[3];
        Space.Resident(At(2), Bytes(3), resident);
        Assert.Equal([true, true, false], resident);
        Assert.NotEqual(default, Space.Access(At(2), AccessRights.Read));
    }
}
