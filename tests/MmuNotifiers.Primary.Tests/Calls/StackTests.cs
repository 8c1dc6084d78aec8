namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>Stacks: the gap below them and their growth.</summary>
public sealed class StackTests() : CallTest(new AddressSpaceOptions
{
    PlacementWindow = Core.Spaces.Pages(Window, WindowPages),
    StackGuardPages = 16,
    MaxStackBytes = 20UL << Page.Shift,
})
{
    private const MapFlags Stack = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.GrowsDown;

    [Fact]
    public void Nothing_is_placed_in_the_gap_below_a_stack()
    {
        Map(126, 2, flags: Stack);
        Assert.Equal(At(126 - 16 - 3), Space.Map(new MapRequest(Bytes(3), 0, MapFlags.Private | MapFlags.Anonymous)).Address);
    }

    [Fact]
    public void A_hint_that_reaches_into_the_gap_is_not_taken()
    {
        Map(126, 2, flags: Stack);
        MapRequest request = new(Bytes(2), 0, MapFlags.Private | MapFlags.Anonymous);
        Assert.Equal(At(108), Space.Map(request with { Address = At(109) }).Address);
        Assert.Equal(At(50), Space.Map(request with { Address = At(50) }).Address);
    }

    [Fact]
    public void Once_a_gap_fails_for_a_stack_nothing_above_the_stacks_own_gap_is_tried()
    {
        // The hole below the stack is too close to it; the one below page 117 lies within its gap as well.
        Map(126, 2, flags: Stack);
        Map(117, 3);
        Assert.Equal(At(126 - 16 - 4), Space.Map(new MapRequest(Bytes(4), 0, MapFlags.Private | MapFlags.Anonymous)).Address);
    }

    [Fact]
    public void A_touch_below_a_stack_grows_it_down_to_the_page_however_far()
    {
        Map(60, 2, flags: Stack);
        Assert.Equal(FaultResult.Success, Touch(50));
        Assert.Equal("50+12:rw-p", Layout());
    }

    [Fact]
    public void A_stack_does_not_grow_beyond_its_limit()
    {
        Map(60, 2, flags: Stack);
        Assert.Equal(FaultResult.NotMapped, Touch(41));
        Assert.Equal(FaultResult.Success, Touch(42));
    }

    [Fact]
    public void A_stack_keeps_its_distance_from_what_can_be_accessed_below()
    {
        Map(60, 2, flags: Stack);
        Map(40, 3);
        Assert.Equal(FaultResult.NotMapped, Touch(58));
        Assert.Equal(FaultResult.Success, Touch(59));
        Space.Protect(At(40), Bytes(3), AccessRights.None);
        Assert.Equal(FaultResult.Success, Touch(58));
    }
}
