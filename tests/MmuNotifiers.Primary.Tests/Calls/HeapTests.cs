namespace MmuNotifiers.Primary.Tests.Calls;

public sealed class HeapTests() : CallTest(new AddressSpaceOptions
{
    HeapStart = Core.Spaces.At(Window),
    StackGuardPages = 16,
    MaxAddressSpaceBytes = 64UL << Page.Shift,
})
{
    [Fact]
    public void The_end_is_kept_to_the_byte_and_pages_follow()
    {
        Assert.Equal(At(0) + 100, Space.SetHeapEnd(At(0) + 100).Address);
        Assert.Equal("0+1:rw-p", Layout());
        Assert.Equal(At(2) + 1, Space.SetHeapEnd(At(2) + 1).Address);
        Assert.Equal("0+3:rw-p", Layout());
        Assert.Equal(At(1), Space.SetHeapEnd(At(1)).Address);
        Assert.Equal("0+1:rw-p", Layout());
        Assert.Equal(At(1), Space.HeapEnd);
    }

    [Fact]
    public void A_wish_below_the_start_is_answered_with_the_end()
    {
        Space.SetHeapEnd(At(2));
        Assert.Equal(At(2), Space.SetHeapEnd(default).Address);
    }

    [Fact]
    public void The_heap_ends_a_page_below_what_follows_and_a_gap_below_a_stack()
    {
        Map(10, 1, AccessRights.Read);
        Assert.Equal(At(0), Space.SetHeapEnd(At(10)).Address);
        Assert.Equal(At(9), Space.SetHeapEnd(At(9)).Address);
        Space.Unmap(At(10), Bytes(1));
        Map(40, 1, flags: MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.GrowsDown);
        Assert.Equal(At(9), Space.SetHeapEnd(At(24)).Address);
        Assert.Equal(At(23), Space.SetHeapEnd(At(23)).Address);
    }

    [Fact]
    public void The_limit_of_the_address_space_holds_for_the_heap_too()
    {
        Assert.Equal(At(0), Space.SetHeapEnd(At(65)).Address);
        Assert.Equal(At(64), Space.SetHeapEnd(At(64)).Address);
    }

    [Fact]
    public void What_the_heap_gave_back_is_zero_when_it_grows_again()
    {
        Space.SetHeapEnd(At(2));
        Store(1, 7);
        Space.SetHeapEnd(At(1));
        Space.SetHeapEnd(At(2));
        Assert.Equal(0, Load(1));
    }

    [Fact]
    public void A_child_inherits_the_heap()
    {
        Space.SetHeapEnd(At(2));
        using AddressSpace child = Space.Fork()!;
        Assert.Equal(At(3), child.SetHeapEnd(At(3)).Address);
        Assert.Equal(At(2), Space.HeapEnd);
    }
}
