namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class MapTests : CallTest
{
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Fact]
    public void An_unaligned_offset_is_refused_before_a_missing_object_and_that_before_an_empty_length()
    {
        MapRequest request = new(0, AccessRights.Read, MapFlags.Private) { OffsetBytes = 1 };
        Assert.Equal(Errno.EINVAL, Space.Map(request).Error);
        Assert.Equal(Errno.EBADF, Space.Map(request with { OffsetBytes = 0 }).Error);
        Assert.Equal(Errno.EINVAL, Space.Map(request with { OffsetBytes = 0, Flags = Anonymous }).Error);
    }

    [Fact]
    public void A_length_that_wraps_is_ENOMEM_and_an_offset_beyond_every_object_EOVERFLOW()
    {
        using SharedMemoryObject target = NewObject(1);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        Assert.Equal(Errno.ENOMEM, Space.Map(new MapRequest(ulong.MaxValue - 4094, 0, Anonymous)).Error);
        Assert.Equal(Errno.ENOMEM, Space.Map(new MapRequest(1UL << 60, 0, Anonymous)).Error);
        ulong last = MemoryObject.MaxSizeBytes & ~Page.OffsetMask;
        MapRequest beyond = new(Bytes(1), 0, MapFlags.Shared) { Object = handle, OffsetBytes = last };
        Assert.Equal(Errno.EOVERFLOW, Space.Map(beyond).Error);
    }

    [Fact]
    public void A_hint_is_rounded_down_and_taken_if_it_is_free()
    {
        AddressResult result = Space.Map(new MapRequest(1, AccessRights.Read, Anonymous) { Address = At(7) + 123 });
        Assert.Equal(At(7), result.Address);
    }

    [Fact]
    public void A_hint_that_is_taken_is_as_good_as_none()
    {
        Map(7, 2);
        AddressResult result = Space.Map(new MapRequest(Bytes(2), AccessRights.Read, Anonymous) { Address = At(8) });
        Assert.Equal(At(WindowPages - 2), result.Address);
    }

    [Fact]
    public void A_hint_below_what_may_be_mapped_becomes_the_lowest_address_that_may()
    {
        AddressResult result = Space.Map(new MapRequest(1, AccessRights.Read, Anonymous) { Address = new VirtualAddress(0x1000) });
        Assert.Equal(new AddressSpaceOptions().Bounds.Start, result.Address);
    }

    [Fact]
    public void The_highest_gap_that_is_large_enough_is_used_from_its_upper_end()
    {
        Map(120, 5);
        Map(100, 10);
        Assert.Equal(At(125), Space.Map(new MapRequest(Bytes(3), 0, Anonymous)).Address);
        Assert.Equal(At(115), Space.Map(new MapRequest(Bytes(5), AccessRights.Read, Anonymous)).Address);
        Assert.Equal(At(94), Space.Map(new MapRequest(Bytes(6), AccessRights.Execute, Anonymous)).Address);
        Assert.Equal(Errno.ENOMEM, Space.Map(new MapRequest(Bytes(WindowPages), 0, Anonymous)).Error);
    }

    [Fact]
    public void A_fixed_address_must_be_aligned_and_within_bounds()
    {
        MapRequest request = new(Bytes(1), AccessRights.Read, Anonymous | MapFlags.Fixed);
        Assert.Equal(Errno.EINVAL, Space.Map(request with { Address = At(1) + 1 }).Error);
        Assert.Equal(Errno.EPERM, Space.Map(request with { Address = new VirtualAddress(0x1000) }).Error);
        Assert.Equal(Errno.ENOMEM, Space.Map(request with { Address = DefaultOptions.Bounds.End }).Error);
    }

    [Fact]
    public void A_fixed_mapping_replaces_what_is_there_and_its_contents()
    {
        Map(2, 4);
        Store(3, 7);
        Map(3, 1, AccessRights.Read);
        Assert.Equal(0, Load(3));
        Assert.Equal("2+1:rw-p 3+1:r--p 4+2:rw-p", Layout());
    }

    [Fact]
    public void No_replace_wins_over_fixed()
    {
        Map(2, 1);
        Store(2, 7);
        Assert.Equal(Errno.EEXIST, Map(1, 2, AccessRights.Read, Anonymous | MapFlags.Fixed | MapFlags.FixedNoReplace).Error);
        Assert.Equal(7, Load(2));
        Assert.Equal(At(3), Map(3, 1, AccessRights.Read, Anonymous | MapFlags.FixedNoReplace).Address);
    }

    [Fact]
    public void A_handle_limits_what_may_be_mapped()
    {
        using SharedMemoryObject target = NewObject(1);
        ObjectHandle readOnly = new(target, AccessRights.Read);
        Assert.Equal(Errno.EACCES, MapObject(2, 1, new ObjectHandle(target, AccessRights.Write), rights: AccessRights.None).Error);
        Assert.Equal(Errno.EACCES, MapObject(2, 1, readOnly).Error);
        Assert.Equal(At(2), MapObject(2, 1, readOnly, MapFlags.Private | MapFlags.Fixed).Address);
        Assert.Equal(At(3), MapObject(3, 1, readOnly, rights: AccessRights.Read).Address);
        Assert.Equal(Errno.EACCES, Space.Protect(At(3), Bytes(1), AccessRights.ReadWrite));
    }

    [Fact]
    public void A_mapping_is_either_private_or_shared_and_a_stack_private_and_anonymous()
    {
        using SharedMemoryObject target = NewObject(1);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        Assert.Equal(Errno.EINVAL, Map(2, 1, flags: MapFlags.Anonymous).Error);
        Assert.Equal(Errno.EINVAL, Map(2, 1, flags: Anonymous | MapFlags.Shared).Error);
        Assert.Equal(Errno.EINVAL, Map(2, 1, flags: MapFlags.Shared | MapFlags.Anonymous | MapFlags.GrowsDown).Error);
        Assert.Equal(Errno.EINVAL, MapObject(2, 1, handle, MapFlags.Private | MapFlags.GrowsDown).Error);
        Assert.Empty(Space.Layout());
    }

    [Fact]
    public void Populated_memory_takes_no_fault()
    {
        Map(2, 2, flags: Anonymous | MapFlags.Fixed | MapFlags.Populate);
        Assert.Equal(default, Space.Access(At(3), AccessRights.Write));
    }

    [Fact]
    public void Shared_anonymous_memory_is_an_object_of_its_own_that_goes_with_its_last_area()
    {
        Map(2, 2, flags: MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        Map(4, 2, flags: MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        Assert.Equal("2+2:rw-s 4+2:rw-s", Layout());
        Store(2, 1);
        Space.Unmap(At(3), Bytes(1));
        Assert.Equal(1, Load(2));
        Space.Unmap(At(2), Bytes(1));
        Assert.Equal(1, Memory.FramesInUse);
    }
}
