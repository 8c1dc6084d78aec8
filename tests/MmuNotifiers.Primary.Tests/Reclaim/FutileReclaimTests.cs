using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Reclaim;

/// <summary>Who needs a frame where none can be had learns it soon, and gets one as soon as any page can go.</summary>
public sealed class FutileReclaimTests : IDisposable
{
    private const ulong First = 0x1000;
    private const int Frames = 512;
    private const int Full = Frames - 1;
    private const int Slots = 64;
    private const ulong Wanted = First + 0x800;

    private readonly PageArrayStore _store = new(Slots);
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;

    public FutileReclaimTests()
    {
        _memory = new PhysicalMemory(Frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1 });
        _space = NewSpace();
    }

    public void Dispose()
    {
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void The_first_to_learn_it_walks_a_few_times_and_those_who_come_after_do_not()
    {
        FrameNumber[] frames = PinAll();
        AssertRefused(walksAtMost: 3);
        AssertRefused(walksAtMost: 0);
        AssertRefused(walksAtMost: 0);
        _space.Unpin(frames);
    }

    [Fact]
    public void Pages_that_a_store_refuses_are_tried_by_each_who_comes_and_cost_few_walks()
    {
        _store.WriteOutcome = SwapOutcome.IoError;
        FillAll();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            AssertRefused(walksAtMost: 3);
        }

        long failed = _memory.SwapStatistics.FailedWrites;
        AssertRefused(walksAtMost: 3);
        Assert.InRange(_memory.SwapStatistics.FailedWrites - failed, Slots, 2 * Slots);
        _store.WriteOutcome = SwapOutcome.Success;
        AssertServed();
    }

    [Fact]
    public void One_page_that_is_unpinned_goes_for_the_next_who_comes()
    {
        FrameNumber[] frames = PinAll();
        AssertStandsStill();
        _space.Unpin(frames.AsSpan(300, 1));
        AssertServed();
        Assert.Equal(1, _space.GetStatistics().Evictions.Pressure);

        // The page that came goes again for another; the pinned ones stay.
        _space.Store(Wanted + 1, 1);
        _space.Unpin(frames.AsSpan(0, 300));
        _space.Unpin(frames.AsSpan(301));
    }

    [Fact]
    public void Pages_that_are_unlocked_go_for_the_next_who_comes()
    {
        FillAll();
        Assert.Equal(Errno.None, _space.Lock(At(First), Full << Page.Shift));
        AssertStandsStill();
        Assert.Equal(Errno.None, _space.Unlock(At(First + 100), 1 << Page.Shift));
        AssertServed();
        Assert.Equal(1, _space.GetStatistics().Evictions.Pressure);
    }

    [Fact]
    public void A_locked_mapping_that_goes_lets_the_page_go_that_another_space_has()
    {
        using SharedMemoryObject target = new(_memory, Full * Page.SizeBytes);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        AddressSpace other = NewSpace();
        other.MapObject(First, Full, MapFlags.Shared, handle);
        _space.MapObject(First, Full, MapFlags.Shared, handle);
        _space.MapPrivate(Wanted, 4);
        DirectReclaimTests.Fill(_space, First, Full);
        Assert.Equal(Errno.None, other.Lock(At(First), Full << Page.Shift));
        AssertStandsStill();
        other.Dispose();
        AssertServed();
        Assert.True(target.SwappedPages > 0);
        _space.Dispose();
    }

    [Fact]
    public void A_slot_that_becomes_free_lets_a_page_go()
    {
        _space.MapPrivate(First, 1000);
        _space.MapPrivate(Wanted, 4);
        DirectReclaimTests.Fill(_space, First, Full + Slots);
        AssertStandsStill();
        Assert.Equal(Errno.None, _space.Advise(At(First), 4 << Page.Shift, Advice.DontNeed));
        AssertServed();
    }

    [Fact]
    public void A_page_that_was_read_back_gives_up_its_slot_for_one_that_has_none()
    {
        // Eight frames are kept by a device, until the store is full and all else is in memory.
        FrameNumber[] kept = new FrameNumber[8];
        _space.MapPrivate(First, 1000);
        _space.MapPrivate(Wanted, 4);
        for (int i = 0; i < kept.Length; i++)
        {
            Assert.True(_memory.TryAllocate(out kept[i]));
        }

        DirectReclaimTests.Fill(_space, First, Full + Slots - 8);
        AssertRefused(walksAtMost: 20);
        _memory.Free(kept[0]);
        ulong evicted = First;
        while (_space.PeekPte(At(evicted)).Kind != PteKind.Swap)
        {
            evicted++;
        }

        _ = _space.Load(evicted);
        AssertServed();
        foreach (FrameNumber frame in kept.AsSpan(1))
        {
            _memory.Free(frame);
        }
    }

    [Fact]
    public void Pages_that_are_freed_lazily_go_though_there_is_no_store()
    {
        using PhysicalMemory memory = new(Frames, reclaim: new ReclaimOptions { MinimumResidency = TimeSpan.Zero });
        using AddressSpace space = new(memory);
        space.MapPrivate(First, Full);
        space.MapPrivate(Wanted, 4);
        DirectReclaimTests.Fill(space, First, Full);
        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(Wanted), AccessRights.Write).Result);
        Assert.True(memory.Reclaim!.Standstill.IsReached);
        Assert.Equal(Errno.None, space.Advise(At(First + 7), 1 << Page.Shift, Advice.Free));
        space.Store(Wanted, 1);
    }

    [Fact]
    public void A_page_that_comes_where_nothing_could_go_may_go_itself()
    {
        FrameNumber[] frames = PinAll(Full - 1);
        Assert.True(_memory.TryAllocate(out FrameNumber own));
        AssertRefused(walksAtMost: 20);
        _memory.Free(own);
        _space.Store(Wanted, 1);
        _space.Store(Wanted + 1, 2);
        _space.Store(Wanted + 2, 3);
        Assert.Equal((1, 2, 3), (_space.Load(Wanted), _space.Load(Wanted + 1), _space.Load(Wanted + 2)));
        _space.Unpin(frames);
    }

    [Fact]
    public async Task Whoever_unpins_while_others_look_is_not_missed()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        FrameNumber[] frames = PinAll();
        for (int round = 0; round < 200; round++)
        {
            FrameNumber unpinned = frames[round];
            using Barrier barrier = new(2);
            Task unpin = Task.Run(
                () =>
                {
                    barrier.SignalAndWait(token);
                    _space.Unpin([unpinned]);
                },
                token);
            barrier.SignalAndWait(token);
            _ = _space.Access(At(Wanted), AccessRights.Write);
            await unpin;
            AssertServed();
            Assert.Equal(Errno.None, _space.Advise(At(Wanted), 1 << Page.Shift, Advice.DontNeed));
            FrameNumber[] pinned = new FrameNumber[1];
            Assert.Equal(FaultResult.Success, _space.Pin(Pages(First + (ulong)round, 1), AccessRights.Write, pinned));
            frames[round] = pinned[0];
        }

        _space.Unpin(frames);
    }

    private AddressSpace NewSpace() => new(_memory, new AddressSpaceOptions { FaultAroundPages = 1 });

    private void FillAll()
    {
        _space.MapPrivate(First, Full);
        _space.MapPrivate(Wanted, 4);
        DirectReclaimTests.Fill(_space, First, Full);
    }

    private FrameNumber[] PinAll(int pages = Full)
    {
        FrameNumber[] frames = new FrameNumber[pages];
        AddressRange range = _space.MapPrivate(First, (ulong)pages);
        _space.MapPrivate(Wanted, 4);
        Assert.Equal(FaultResult.Success, _space.Pin(range, AccessRights.Write, frames));
        return frames;
    }

    private void AssertStandsStill()
    {
        AssertRefused(walksAtMost: 3);
        Assert.True(_memory.Reclaim!.Standstill.IsReached);
        AssertRefused(walksAtMost: 0);
    }

    private void AssertRefused(int walksAtMost)
    {
        long walks = _memory.Reclaim!.Statistics.Walks;
        Assert.Equal(FaultResult.OutOfMemory, _space.Access(At(Wanted), AccessRights.Write).Result);
        Assert.InRange(_memory.Reclaim.Statistics.Walks - walks, 0, walksAtMost);
    }

    private void AssertServed() => Assert.Equal(FaultResult.Success, _space.Access(At(Wanted), AccessRights.Write).Result);
}
