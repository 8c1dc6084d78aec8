using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Stores that refuse, tear and throw: nothing is lost that can be kept, and what is lost is one page.</summary>
public sealed class FailureTests : SwapTest
{
    [Theory]
    [InlineData(SwapOutcome.NoSpace)]
    [InlineData(SwapOutcome.IoError)]
    [InlineData(SwapOutcome.Unavailable)]
    public void A_page_that_cannot_be_written_stays_and_can_be_used(SwapOutcome outcome)
    {
        MapFilled(16, 3);
        Store.WriteOutcome = slot => slot == 1 ? outcome : SwapOutcome.Success;

        Assert.Equal(new EvictionResult(2, 2, 1), Evict(16, 3));

        Assert.Equal(2, Memory.FramesInUse);
        SwapFailure failure = Assert.Single(Memory.SwapFailures);
        Assert.Equal(new SwapFailure(SwapOperation.Write, "test", 1, outcome, "test: slot 1"), failure);
        Assert.Equal($"write of slot 1 to test: {outcome} (test: slot 1)", failure.ToString());
        AssertInvariants();
        Assert.Equal([1, 2, 3], Bytes(Space, 16, 3));
        Space.Store(17, 9);
        Store.WriteOutcome = static _ => SwapOutcome.Success;
        Assert.Equal(1, Evict(17).FreedPages);
        Assert.Equal(9, Space.Load(17));
        Assert.Equal(1, Memory.SwapStatistics.FailedWrites);
    }

    [Fact]
    public void A_page_that_could_not_be_written_and_was_not_used_since_is_written_when_it_can_be()
    {
        MapFilled(16, 1);
        FrameNumber frame = PteAt(16).Frame;
        Store.WriteOutcome = static _ => SwapOutcome.NoSpace;
        Assert.Equal(1, Evict(16).FailedPages);
        Assert.True(PteAt(16).IsSwap);
        Store.WriteOutcome = static _ => SwapOutcome.Success;

        Assert.Equal(new EvictionResult(1, 1, 0), Eviction.Evict([frame], EvictionReason.Background));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.Equal(1, Space.Load(16));
    }

    [Fact]
    public void A_page_that_could_not_be_written_and_is_unmapped_is_freed()
    {
        MapFilled(16, 2);
        Store.WriteOutcome = static _ => SwapOutcome.IoError;
        Assert.Equal(2, Evict(16, 2).FailedPages);

        Assert.Equal(Errno.None, Space.Unmap(At(16), Page.SizeBytes));
        Assert.Equal(Errno.None, Space.Advise(At(17), Page.SizeBytes, Advice.DontNeed));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.Equal(0, Space.Load(17));
    }

    [Theory]
    [InlineData(SwapOutcome.IoError)]
    [InlineData(SwapOutcome.Corrupt)]
    [InlineData(SwapOutcome.Lost)]
    [InlineData(SwapOutcome.Unavailable)]
    public void A_page_that_cannot_be_read_is_a_bus_error_for_that_page_alone(SwapOutcome outcome)
    {
        MapFilled(16, 3);
        Evict(16, 3);
        Store.ReadOutcome = slot => slot == 1 ? outcome : SwapOutcome.Success;

        Assert.Equal(AccessResult.Refused(FaultResult.BusError), Space.Access(At(17), AccessRights.Read));
        Assert.Equal(AccessResult.Refused(FaultResult.BusError), Space.Access(At(17), AccessRights.Write));
        Assert.Equal(new RangeFaultResult(FaultResult.BusError, 1), Space.FaultRange(Pages(16, 3), AccessRights.Read, new Translation[3]));

        Assert.Equal([1, 3], [Space.Load(16), Space.Load(18)]);
        Assert.Equal(3, Memory.FramesInUse);
        Assert.Equal(new SwapFailure(SwapOperation.Read, "test", 1, outcome, "test: slot 1"), Memory.SwapFailures[0]);
        Assert.Equal(3, Memory.SwapStatistics.FailedReads);
        AssertInvariants();
        Store.ReadOutcome = static _ => SwapOutcome.Success;
        Assert.Equal(2, Space.Load(17));
    }

    [Fact]
    public void A_lost_page_goes_with_its_mapping()
    {
        MapFilled(16, 1);
        Evict(16);
        SwapEntry entry = PteAt(16).SwapEntry;
        Store.ReadOutcome = static _ => SwapOutcome.Lost;
        Assert.Equal(FaultResult.BusError, Space.Access(At(16), AccessRights.Read).Result);

        Assert.Equal(Errno.None, Space.Advise(At(16), Page.SizeBytes, Advice.DontNeed));

        Assert.Equal(0, Space.Load(16));
        Assert.Equal(0, Memory.Swap.References(entry));
    }

    [Fact]
    public void A_neighbour_that_cannot_be_read_along_is_told_only_to_who_wants_it()
    {
        using TestSwapFixture swap = new(readAheadPages: 4);
        swap.Space.MapPrivate(16, 4);
        for (ulong page = 0; page < 4; page++)
        {
            swap.Space.Store(16 + page, (byte)(page + 1));
        }

        swap.Evict(16, 4);
        swap.Store.ReadOutcome = static slot => slot == 2 ? SwapOutcome.Corrupt : SwapOutcome.Success;

        Assert.Equal(1, swap.Space.Load(16));

        Assert.Empty(swap.Memory.SwapFailures);
        Assert.Equal(FaultResult.BusError, swap.Space.Access(At(18), AccessRights.Read).Result);
        Assert.Single(swap.Memory.SwapFailures);
        Assert.Equal([2, 4], [swap.Space.Load(17), swap.Space.Load(19)]);
        AssertInvariants(swap.Memory);
    }

    [Fact]
    public void A_store_that_throws_loses_nothing()
    {
        MapFilled(16, 1);
        Store.BeforeWrite = static () => throw new InvalidOperationException("broken");

        Assert.Equal(new EvictionResult(0, 0, 1), Evict(16));

        Assert.Equal("the store threw: broken", Assert.Single(Memory.SwapFailures).Detail);
        Store.BeforeWrite = static () => Task.CompletedTask;
        Assert.Equal(1, Space.Load(16));
        Evict(16);
        Store.BeforeRead = static async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("broken too");
        };
        Assert.Equal(FaultResult.BusError, Space.Access(At(16), AccessRights.Read).Result);
        Store.BeforeRead = static () => Task.CompletedTask;
        Assert.Equal(1, Space.Load(16));
    }

    [Fact]
    public void A_subscriber_that_throws_in_the_bracket_leaves_pages_that_can_be_used_and_evicted()
    {
        MapFilled(16, 2);
        RecordingNotifier notifier = new() { OnStart = static _ => throw new NotSupportedException("no") };
        using (Space.Register(notifier))
        {
            Assert.Throws<NotSupportedException>(() => Evict(16, 2));
        }

        AssertInvariants();
        Assert.Equal([1, 2], Bytes(Space, 16, 2));
        Assert.Equal(2, Evict(16, 2).FreedPages);
        Assert.Equal([1, 2], Bytes(Space, 16, 2));
    }

    [Fact]
    public void Without_a_frame_a_swap_in_is_out_of_memory_and_succeeds_later()
    {
        using TestSwapFixture swap = new(frames: 3);
        swap.Space.MapPrivate(16, 1);
        swap.Space.Store(16, 1);
        Assert.Equal(1, swap.Evict(16).FreedPages);
        Assert.True(swap.Memory.TryAllocate(out FrameNumber one) && swap.Memory.TryAllocate(out FrameNumber _));

        Assert.Equal(FaultResult.OutOfMemory, swap.Space.Access(At(16), AccessRights.Read).Result);

        swap.Memory.Free(one);
        Assert.Equal(1, swap.Space.Load(16));
        swap.Memory.Free(new FrameNumber(3 - one.Value));
    }
}
