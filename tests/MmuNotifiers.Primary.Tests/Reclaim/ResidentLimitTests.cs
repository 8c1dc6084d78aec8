using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Reclaim;

/// <summary>One address space has a limit of its own, however many frames are free.</summary>
public sealed class ResidentLimitTests : IDisposable
{
    private const ulong First = 0x1000;
    private const long Limit = 50;

    private readonly PageArrayStore _store = new(100_000);
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;

    public ResidentLimitTests()
    {
        _memory = new PhysicalMemory(4096, FreedFrames.Poisoned, new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1 });
        _space = new AddressSpace(_memory, new AddressSpaceOptions { MaxResidentPages = Limit });
    }

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void It_never_has_more_pages_in_memory_and_its_neighbour_has_all_it_wants()
    {
        using AddressSpace neighbour = new(_memory);
        neighbour.MapPrivate(First, 500);
        DirectReclaimTests.Fill(neighbour, First, 500);
        _space.MapPrivate(First, 500);
        for (ulong page = First; page < First + 500; page++)
        {
            DirectReclaimTests.Fill(_space, page, 1);
            Assert.InRange(_space.GetStatistics().ResidentPages, 1, Limit);
        }

        DirectReclaimTests.Check(_space, First, 500);
        Assert.InRange(_space.GetStatistics().ResidentPages, Limit / 2, Limit);
        Assert.Equal(500, neighbour.GetStatistics().ResidentPages);
        ReclaimStatistics statistics = _memory.Reclaim!.Statistics;
        Assert.Equal((0, 0), (statistics.DirectEvictions, statistics.DirectStalls));
        Assert.True(statistics.SpaceLimitEvictions >= 900);
        Assert.Equal(statistics.SpaceLimitEvictions, _space.GetStatistics().Evictions.SpaceLimit);
    }

    [Fact]
    public void Pages_that_are_used_stay_and_the_others_go()
    {
        _space.MapPrivate(First, 1000);
        for (ulong page = 0; page < 1000; page++)
        {
            DirectReclaimTests.Fill(_space, First + page, 1);
            _space.Store(First + (page % 8), 1);
        }

        Assert.InRange(_space.GetStatistics().SwapIns, 0, 40);
    }

    [Fact]
    public void Pages_of_an_object_count_those_mapped_around_a_fault_included()
    {
        using SharedMemoryObject shared = new(_memory, 500UL << Page.Shift);
        using AddressSpace writer = new(_memory);
        writer.MapObject(First, 500, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        DirectReclaimTests.Fill(writer, First, 500);
        _space.MapObject(First, 500, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        for (ulong page = First; page < First + 500; page++)
        {
            DirectReclaimTests.Check(_space, page, 1);
            Assert.InRange(_space.GetStatistics().ResidentPages, 1, Limit + 16);
        }
    }

    [Fact]
    public void A_child_has_the_limit_too()
    {
        _space.MapPrivate(First, 200);
        DirectReclaimTests.Fill(_space, First, 200);
        using AddressSpace child = _space.Fork()!;
        DirectReclaimTests.Check(child, First, 200);
        DirectReclaimTests.Fill(child, First, 200, salt: 3);
        DirectReclaimTests.Check(_space, First, 200);
        DirectReclaimTests.Check(child, First, 200, salt: 3);
        Assert.InRange(child.GetStatistics().ResidentPages, 1, Limit);
        Assert.InRange(_space.GetStatistics().ResidentPages, 1, Limit);
        child.AssertInvariants();
    }

    [Fact]
    public void Where_nothing_of_it_can_go_the_fault_ends_out_of_memory()
    {
        AddressRange range = _space.MapPrivate(First, (ulong)Limit + 1);
        FrameNumber[] frames = new FrameNumber[Limit];
        Assert.Equal(FaultResult.Success, _space.Pin(AddressRange.FromPages(range.Start, (ulong)Limit), AccessRights.Write, frames));
        Assert.Equal(FaultResult.OutOfMemory, _space.Access(At(First + (ulong)Limit), AccessRights.Write).Result);
        _space.AssertInvariants();
        _space.Unpin(frames);
        Assert.Equal(FaultResult.Success, _space.Access(At(First + (ulong)Limit), AccessRights.Write).Result);
    }

    [Fact]
    public void In_a_pool_without_reclaim_the_limit_refuses()
    {
        using PhysicalMemory memory = new(1000);
        using AddressSpace space = new(memory, new AddressSpaceOptions { MaxResidentPages = 10 });
        space.MapPrivate(First, 20);
        DirectReclaimTests.Fill(space, First, 10);
        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(First + 10), AccessRights.Write).Result);
        Assert.Equal(Errno.None, space.Unmap(At(First), Page.SizeBytes));
        Assert.Equal(FaultResult.Success, space.Access(At(First + 10), AccessRights.Write).Result);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressSpace(memory, new AddressSpaceOptions { MaxResidentPages = 0 }));
    }
}
