using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Every way in which an evicted page is asked for.</summary>
public sealed class SwapInTests : SwapTest
{
    [Theory]
    [InlineData(AccessRights.Read)]
    [InlineData(AccessRights.Write)]
    public void A_device_brings_a_page_in(AccessRights access)
    {
        MapFilled(16, 2);
        Evict(16, 2);
        Translation[] translations = new Translation[2];

        Assert.Equal(new RangeFaultResult(FaultResult.Success, 2), Space.FaultRange(Pages(16, 2), access, translations));

        Assert.Equal([1, 2], [Memory.Bytes(translations[0].Frame)[0], Memory.Bytes(translations[1].Frame)[0]]);
        Assert.Equal(access == AccessRights.Write, (translations[0].Rights & AccessRights.Write) != 0);
        AssertInvariants();
    }

    [Fact]
    public void A_device_that_only_looks_brings_nothing_in()
    {
        MapFilled(16, 1);
        Evict(16);
        Translation[] translations = new Translation[1];

        Space.FaultRange(Pages(16, 1), AccessRights.None, translations);

        Assert.Equal(AccessRights.None, translations[0].Rights);
        Assert.Empty(Store.Reads);
    }

    [Fact]
    public void Populating_a_range_brings_it_in()
    {
        MapFilled(16, 3);
        Evict(16, 3);
        Assert.Equal(Errno.None, Space.Advise(At(16), 3 * Page.SizeBytes, Advice.PopulateWrite));
        Assert.True(PteAt(16).IsWritable && PteAt(17).IsWritable && PteAt(18).IsWritable);
        Assert.Equal([1, 2, 3], Bytes(Space, 16, 3));
    }

    [Fact]
    public void A_pin_brings_a_page_in_and_keeps_it()
    {
        MapFilled(16, 1);
        Evict(16);
        FrameNumber[] pins = new FrameNumber[1];

        Assert.Equal(FaultResult.Success, Space.Pin(Pages(16, 1), AccessRights.Read, pins));

        Assert.Equal(pins[0], PteAt(16).Frame);
        Assert.Equal(1, Memory.Bytes(pins[0])[0]);
        Assert.Equal(0, Evict(16).FreedPages);
        Space.Unpin(pins);
    }

    [Fact]
    public void A_pin_of_a_page_that_was_shared_gets_a_copy()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);
        FrameNumber[] pins = new FrameNumber[1];

        Assert.Equal(FaultResult.Success, Space.Pin(Pages(16, 1), AccessRights.Read, pins));

        Assert.NotEqual(pins[0], child.FrameAt(16));
        Assert.Equal(1, Memory.Bytes(pins[0])[0]);
        AssertInvariants();
        Space.Unpin(pins);
    }

    [Fact]
    public void Soft_dirtiness_survives_and_loads_do_not_add_to_it()
    {
        AddressRange range = MapFilled(16, 2);
        Space.ClearSoftDirty(range);
        Space.Store(17, 9);
        Evict(16, 2);
        Assert.Equal([Pages(17, 1)], Space.SoftDirtyPages(range));

        Assert.Equal([1, 9], Bytes(Space, 16, 2));
        Assert.Equal([Pages(17, 1)], Space.SoftDirtyPages(range));
        Space.Store(16, 3);
        Assert.Equal([range], Space.SoftDirtyPages(range));
        Evict(16, 2);
        Space.ClearSoftDirty(range);
        Assert.Empty(Space.SoftDirtyPages(range));
        Assert.Equal([3, 9], Bytes(Space, 16, 2));
        Assert.Empty(Space.SoftDirtyPages(range));
        AssertInvariants();
    }

    [Fact]
    public void A_read_brings_neighbours_in_and_a_fault_on_one_finds_it()
    {
        using TestSwapFixture swap = new(readAheadPages: 8);
        swap.Space.MapPrivate(16, 16);
        for (ulong page = 0; page < 16; page++)
        {
            swap.Space.Store(16 + page, (byte)(page + 1));
        }

        Assert.Equal(16, swap.Evict(16, 16).FreedPages);

        Assert.Equal(4, swap.Space.Load(19));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Assert.Single(swap.Store.Reads));
        Assert.Equal((1, 7), (swap.Memory.SwapStatistics.SwapIns, swap.Memory.SwapStatistics.ReadAheads));
        AssertInvariants(swap.Memory);
        Assert.Equal(FaultKind.SwapIn, swap.Space.Access(At(16), AccessRights.Read).Kind);
        Assert.Equal(8, swap.Space.Load(23));
        Assert.Single(swap.Store.Reads);
        Assert.Equal(2, swap.Memory.SwapStatistics.CacheHits);
    }

    [Fact]
    public void Read_ahead_takes_no_frame_that_somebody_would_have_to_be_evicted_for()
    {
        using TestSwapFixture swap = new(frames: 12, readAheadPages: 8);
        swap.Space.MapPrivate(16, 8);
        for (ulong page = 0; page < 8; page++)
        {
            swap.Space.Store(16 + page, (byte)(page + 1));
        }

        Assert.Equal(8, swap.Evict(16, 8).FreedPages);
        List<FrameNumber> taken = [];
        while (swap.Memory.FramesInUse < 10 && swap.Memory.TryAllocate(out FrameNumber frame))
        {
            taken.Add(frame);
        }

        Assert.Equal(1, swap.Space.Load(16));

        Assert.Equal([0, 1], Assert.Single(swap.Store.Reads));
        taken.ForEach(swap.Memory.Free);
    }

    [Fact]
    public void Pages_that_were_read_ahead_and_never_used_can_go_again()
    {
        using TestSwapFixture swap = new(readAheadPages: 4);
        swap.Space.MapPrivate(16, 4);
        for (ulong page = 0; page < 4; page++)
        {
            swap.Space.Store(16 + page, (byte)(page + 1));
        }

        swap.Evict(16, 4);
        swap.Space.Load(16);
        Assert.Equal(5, swap.Memory.FramesInUse);
        FrameNumber[] all = [.. Enumerable.Range(1, 100).Select(frame => new FrameNumber((ulong)frame))];

        Assert.Equal(new EvictionResult(4, 0, 0), new PageEviction(swap.Memory).Evict(all, EvictionReason.Pressure));

        Assert.Equal(1, swap.Memory.FramesInUse);
        Assert.Equal([1, 2, 3, 4], Bytes(swap.Space, 16, 4));
    }

    [Fact]
    public async Task Several_who_want_a_page_share_one_read()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.BeforeRead = () => gate.Task;
        Task<byte>[] loads = [.. new[] { Space, child, Space, child }.Select(space => Task.Run(() => space.Load(16), TestContext.Current.CancellationToken))];
        SwapEntry entry = PteAt(16).SwapEntry;
        while (Store.Reads.Length == 0 || !Memory.Swap.IsAwaited(entry))
        {
            await Task.Yield();
        }

        gate.SetResult();

        Assert.Equal([1, 1, 1, 1], await Task.WhenAll(loads));
        Assert.Single(Store.Reads);
        AssertInvariants();
    }

    [Fact]
    public async Task A_page_that_is_being_written_is_found_and_a_store_makes_a_copy()
    {
        MapFilled(16, 1);
        FrameNumber frame = PteAt(16).Frame;
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.BeforeWrite = () => gate.Task;
        Task<EvictionResult> eviction = Task.Run(() => Evict(16), TestContext.Current.CancellationToken);
        while (Store.Writes.Length == 0)
        {
            await Task.Yield();
        }

        Assert.Equal(1, Space.Load(16));
        Assert.Equal((frame, false, false), (PteAt(16).Frame, PteAt(16).IsWritable, PteAt(16).IsExclusive));
        Assert.Equal(FaultKind.CopyOnWrite, Space.Access(At(16), AccessRights.Write).Kind);
        Space.Store(16, 9);
        gate.SetResult();

        Assert.Equal(0, (await eviction).FailedPages);
        Assert.Equal(1, Store.FirstByte(0));
        Assert.Equal(9, Space.Load(16));
        Assert.Equal(2, Memory.FramesInUse);
        AssertInvariants();
    }

    [Fact]
    public async Task A_page_that_was_mapped_again_while_it_was_written_stays_and_is_clean()
    {
        MapFilled(16, 1);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.BeforeWrite = () => gate.Task;
        Task<EvictionResult> eviction = Task.Run(() => Evict(16), TestContext.Current.CancellationToken);
        while (Store.Writes.Length == 0)
        {
            await Task.Yield();
        }

        Assert.Equal(1, Space.Load(16));
        gate.SetResult();

        Assert.Equal(new EvictionResult(0, 1, 0), await eviction);
        Assert.Equal(new EvictionResult(1, 0, 0), Evict(16));
        Assert.Equal(1, Space.Load(16));
    }

    [Fact]
    public async Task A_store_without_a_frame_for_the_copy_waits_for_the_write()
    {
        using TestSwapFixture swap = new(frames: 3);
        swap.Space.MapPrivate(16, 1);
        swap.Space.Store(16, 1);
        Assert.True(swap.Memory.TryAllocateSpare(out FrameNumber other));
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        swap.Store.BeforeWrite = () => gate.Task;
        FrameNumber frame = PteAt(swap.Space, 16).Frame;
        Task<EvictionResult> eviction = Task.Run(() => new PageEviction(swap.Memory).Evict([frame], EvictionReason.Advice), TestContext.Current.CancellationToken);
        while (swap.Store.Writes.Length == 0)
        {
            await Task.Yield();
        }

        Task<AccessResult> store = Task.Run(() => swap.Space.Access(At(16), AccessRights.Write), TestContext.Current.CancellationToken);
        while (!swap.Memory.Swap.IsAwaited(new SwapEntry(0, 0)))
        {
            await Task.Yield();
        }

        gate.SetResult();

        Assert.True((await store).Succeeded);
        await eviction;
        Assert.Equal(1, swap.Space.Load(16));
        swap.Memory.Free(other);
    }
}
