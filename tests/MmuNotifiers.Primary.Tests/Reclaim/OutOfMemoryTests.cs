using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Reclaim;

/// <summary>Where nothing can be evicted the fault says so, and everything goes on when memory comes back.</summary>
public sealed class OutOfMemoryTests : IDisposable
{
    private const ulong First = 0x1000;
    private const int Frames = 64;

    private readonly PageArrayStore _store = new(40);
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;

    public OutOfMemoryTests()
    {
        _memory = new PhysicalMemory(Frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.FromMilliseconds(1), ReadAheadPages = 1 });
        _space = new AddressSpace(_memory);
    }

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void A_store_that_is_full_ends_in_out_of_memory_and_loses_nothing()
    {
        _space.MapPrivate(First, 1000);
        ulong stored = StoreUntilRefused();
        Assert.InRange(stored, 80UL, Frames + 40UL);
        AssertRefusedAndConsistent(stored);

        Assert.Equal(Errno.None, _space.Unmap(At(First), 30 << Page.Shift));
        DirectReclaimTests.Check(_space, First + 30, stored - 30);
        _space.Store(First + stored, 1);
        DirectReclaimTests.Check(_space, First + 30, stored - 30);
    }

    [Theory]
    [InlineData(SwapOutcome.IoError)]
    [InlineData(SwapOutcome.NoSpace)]
    [InlineData(SwapOutcome.Unavailable)]
    public void A_store_that_fails_ends_in_out_of_memory_until_it_works_again(SwapOutcome outcome)
    {
        _store.WriteOutcome = outcome;
        _space.MapPrivate(First, 1000);
        ulong stored = StoreUntilRefused();
        Assert.InRange(stored, 1UL, Frames - 1UL);
        AssertRefusedAndConsistent(stored);

        _store.WriteOutcome = SwapOutcome.Success;
        _space.Store(First + stored, 1);
        DirectReclaimTests.Check(_space, First, stored);
    }

    [Fact]
    public void Pinned_pages_stay_and_the_rest_goes_round()
    {
        AddressRange pinned = _space.MapPrivate(First, Frames - 8);
        FrameNumber[] frames = new FrameNumber[Frames - 8];
        Assert.Equal(FaultResult.Success, _space.Pin(pinned, AccessRights.Write, frames));
        _space.MapPrivate(First + 100, 30);
        DirectReclaimTests.Fill(_space, First + 100, 30);
        DirectReclaimTests.Check(_space, First + 100, 30);
        Assert.Equal(frames, Enumerable.Range(0, frames.Length).Select(page => _space.FrameAt(First + (ulong)page)));

        Assert.Equal(Errno.None, _space.Unmap(At(First + 100), 30 << Page.Shift));
        AddressRange more = _space.MapPrivate(First + 200, 8);
        FrameNumber[] rest = new FrameNumber[8];
        Assert.Equal(FaultResult.OutOfMemory, _space.Pin(more, AccessRights.Write, rest));
        Assert.Equal(FaultResult.Success, _space.Pin(AddressRange.FromPages(more.Start, 7), AccessRights.Write, rest));
        Assert.Equal(FaultResult.OutOfMemory, _space.Access(more.Start + (7UL << Page.Shift), AccessRights.Write).Result);
        _space.Unpin(rest.AsSpan(0, 7));
        _space.Unpin(frames);
        Assert.Equal(FaultResult.Success, _space.Access(more.Start + (7UL << Page.Shift), AccessRights.Write).Result);
    }

    [Fact]
    public void Locked_pages_stay_and_a_lock_beyond_memory_is_refused()
    {
        _space.MapPrivate(First, 40);
        Assert.Equal(Errno.None, _space.Lock(At(First), 40 << Page.Shift));
        DirectReclaimTests.Fill(_space, First, 40);
        _space.MapPrivate(First + 100, 40);
        DirectReclaimTests.Fill(_space, First + 100, 40);
        DirectReclaimTests.Check(_space, First + 100, 40);
        bool[] resident = new bool[40];
        Assert.Equal(Errno.None, _space.Resident(At(First), 40 << Page.Shift, resident));
        Assert.All(resident, Assert.True);
        DirectReclaimTests.Check(_space, First, 40);
    }

    [Fact]
    public void Without_a_store_private_pages_stay()
    {
        using PhysicalMemory memory = new(Frames, reclaim: new ReclaimOptions());
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 100);
        for (ulong page = 0; page < Frames - 1; page++)
        {
            space.Store(First + page, 1);
        }

        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(First + 99), AccessRights.Write).Result);
        Assert.True(memory.Reclaim!.Statistics.Failures > 0);
        space.AssertInvariants();
    }

    [Fact]
    public void A_store_that_needs_a_frame_of_the_pool_it_serves_gets_none_instead_of_a_deadlock()
    {
        int refused = 0;
        _store.OnWrite = () => refused += _memory.TryAllocate(out FrameNumber _) ? 0 : 1;
        _space.MapPrivate(First, 100);
        DirectReclaimTests.Fill(_space, First, Frames + 10);
        Assert.True(refused > 0);
        _store.OnWrite = () => { };
        DirectReclaimTests.Check(_space, First, Frames + 10);
    }

    [Fact]
    public void A_fork_that_finds_no_frame_for_a_pinned_page_leaves_no_child()
    {
        _store.WriteOutcome = SwapOutcome.NoSpace;
        AddressRange pinned = _space.MapPrivate(First, 40);
        FrameNumber[] frames = new FrameNumber[40];
        Assert.Equal(FaultResult.Success, _space.Pin(pinned, AccessRights.Write, frames));
        DirectReclaimTests.Fill(_space, First, 40);
        Assert.Null(_space.Fork());
        DirectReclaimTests.Check(_space, First, 40);
        _space.Unpin(frames);
    }

    private ulong StoreUntilRefused()
    {
        for (ulong page = First; ; page++)
        {
            FaultResult result = _space.Write(At(page), BitConverter.GetBytes(page * 31)).Result;
            if (result != FaultResult.Success)
            {
                Assert.Equal(FaultResult.OutOfMemory, result);
                return page - First;
            }
        }
    }

    private void AssertRefusedAndConsistent(ulong stored)
    {
        Assert.True(_memory.Reclaim!.Statistics.Failures > 0);
        _space.AssertInvariants();
        Assert.Equal(FaultResult.OutOfMemory, _space.Access(At(First + stored), AccessRights.Write).Result);
        Assert.Equal(FaultResult.Success, _space.Access(At(First + stored), AccessRights.Read).Result);
    }
}
