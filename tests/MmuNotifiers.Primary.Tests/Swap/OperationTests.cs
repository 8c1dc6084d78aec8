using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Every call that meets an evicted page.</summary>
public sealed class OperationTests : SwapTest
{
    [Fact]
    public void Unmapping_and_discarding_free_slots_and_tell_the_store()
    {
        MapFilled(16, 128);
        Assert.Equal(128, Evict(16, 128).FreedPages);
        Assert.Equal(128, Memory.SwapStatistics.SlotsInUse);

        Assert.Equal(Errno.None, Space.Unmap(At(16), 64 * Page.SizeBytes));
        Assert.Equal(Errno.None, Space.Advise(At(80), 64 * Page.SizeBytes, Advice.DontNeed));

        Assert.Equal(0, Memory.SwapStatistics.SlotsInUse);
        Assert.Equal(Enumerable.Range(0, 128).Select(static slot => (long)slot), Store.Discards.Order());
        Assert.All(Enumerable.Range(80, 64), page => Assert.Equal(0, Space.Load((ulong)page)));
    }

    [Fact]
    public void Moving_takes_evicted_pages_along()
    {
        MapFilled(16, 2);
        Evict(16, 2);

        Assert.True(Space.Move(At(16), 2 * Page.SizeBytes, 2 * Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(600)).Succeeded);

        Assert.Equal([1, 2], Bytes(Space, 600, 2));
        Evict(600, 2);
        Assert.Equal([1, 2], Bytes(Space, 600, 2));
    }

    [Fact]
    public void Protection_changes_while_a_page_is_out()
    {
        MapFilled(16, 1);
        Evict(16);

        Assert.Equal(Errno.None, Space.Protect(At(16), Page.SizeBytes, AccessRights.Read));
        Assert.Equal(FaultResult.AccessDenied, Space.Access(At(16), AccessRights.Write).Result);
        Assert.Equal(1, Space.Load(16));
        Assert.False(PteAt(16).IsWritable);
        Evict(16);
        Assert.Equal(Errno.None, Space.Protect(At(16), Page.SizeBytes, AccessRights.ReadWrite));
        Space.Store(16, 8);
        Assert.Equal(8, Space.Load(16));
    }

    [Fact]
    public void Mincore_knows_the_swap_cache()
    {
        using TestSwapFixture swap = new(readAheadPages: 4);
        swap.Space.MapPrivate(16, 6);
        for (ulong page = 16; page < 22; page++)
        {
            swap.Space.Store(page, 1);
        }

        swap.Evict(16, 6);
        bool[] resident = new bool[6];
        Assert.Equal(Errno.None, swap.Space.Resident(At(16), 6 * Page.SizeBytes, resident));
        Assert.DoesNotContain(true, resident);
        swap.Space.Load(16);

        Assert.Equal(Errno.None, swap.Space.Resident(At(16), 6 * Page.SizeBytes, resident));

        Assert.Equal([true, true, true, true, false, false], resident);
    }

    [Fact]
    public void Migration_passes_over_what_is_out_and_moves_what_is_in_the_cache()
    {
        MapFilled(16, 2);
        AddressSpace child = Space.Fork()!;
        Evict(16, 2);
        Assert.Equal(1, Space.Load(16));
        FrameNumber before = Space.FrameAt(16);

        Assert.Equal(new MigrationResult(1, 0), Space.Migrate(Pages(16, 2)));

        Assert.NotEqual(before, Space.FrameAt(16));
        AssertInvariants();
        Assert.Equal(Space.FrameAt(16), child.FrameAt(16));
        Assert.Equal([1, 2], Bytes(child, 16, 2));
        Assert.Equal([1, 2], Bytes(Space, 16, 2));
    }

    [Fact]
    public void Collapsing_brings_pages_in()
    {
        using TestSwapFixture swap = new(frames: 4096);
        swap.Space.MapPrivate(1024, 512);
        for (ulong page = 1024; page < 1040; page++)
        {
            swap.Space.Store(page, (byte)page);
        }

        swap.Evict(1024, 16);

        Assert.Equal(Errno.None, swap.Space.Advise(At(1024), LeafTable.SpanBytes, Advice.Collapse));

        Assert.Equal(Enumerable.Range(1024, 16).Select(static page => (byte)page), Bytes(swap.Space, 1024, 16));
        Assert.Equal(513, swap.Memory.FramesInUse);
        AssertInvariants(swap.Memory);
    }

    [Fact]
    public void Guards_take_the_place_of_evicted_pages()
    {
        MapFilled(16, 1);
        Evict(16);
        Assert.Equal(Errno.None, Space.Advise(At(16), Page.SizeBytes, Advice.GuardInstall));
        Assert.Equal(FaultResult.NotMapped, Space.Access(At(16), AccessRights.Read).Result);
        Assert.Equal(Errno.None, Space.Advise(At(16), Page.SizeBytes, Advice.GuardRemove));
        Assert.Equal(0, Space.Load(16));
    }

    [Fact]
    public void Private_copies_of_an_objects_pages_go_and_a_truncation_takes_them()
    {
        using SharedMemoryObject target = new(Memory, 4 * Page.SizeBytes);
        Assert.Equal(Errno.None, target.Write(2 * Page.SizeBytes, [5]).Error);
        Space.MapObject(16, 4, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));
        Space.Store(16, 1);
        Space.Store(18, 3);

        Assert.Equal(2, Evict(16).FreedPages + Evict(18).FreedPages);

        Assert.Equal([1, 3], [Space.Load(16), Space.Load(18)]);
        Evict(16);
        Evict(18);
        target.Resize(2 * Page.SizeBytes);
        Assert.True(PteAt(16).IsSwap);
        Assert.True(PteAt(18).IsNone);
        Assert.Equal(FaultResult.BusError, Space.Access(At(18), AccessRights.Read).Result);
        Assert.Equal(1, Space.Load(16));
        Space.Unmap(At(16), 4 * Page.SizeBytes);
    }

    [Fact]
    public void The_copy_of_a_private_nonlinear_page_goes_and_comes_back()
    {
        using SharedMemoryObject target = new(Memory, 4 * Page.SizeBytes);
        Space.MapObject(16, 4, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));
        Space.Store(17, 9);
        Evict(17);

        Assert.Equal(9, Space.Load(17));
        Evict(17);
        Assert.Equal(Errno.None, Space.Advise(At(17), Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(0, Space.Load(17));
        Space.Unmap(At(16), 4 * Page.SizeBytes);
    }

    [Fact]
    public void A_child_that_is_wiped_or_left_out_holds_no_slots()
    {
        MapFilled(16, 2);
        Evict(16, 2);
        Assert.Equal(Errno.None, Space.Advise(At(16), Page.SizeBytes, Advice.WipeOnFork));
        Assert.Equal(Errno.None, Space.Advise(At(17), Page.SizeBytes, Advice.DontFork));

        AddressSpace child = Space.Fork()!;

        Assert.Equal(1, Memory.Swap.References(PteAt(16).SwapEntry));
        Assert.Equal(0, child.Load(16));
        Assert.Equal([1, 2], Bytes(Space, 16, 2));
    }

    [Fact]
    public void The_reaper_takes_evicted_pages_too()
    {
        MapFilled(16, 2);
        Evict(16);

        Assert.Equal(new ReapResult(1, 0, 0, false), Space.TryReap());

        Assert.Equal(1, Memory.FramesInUse);
        Assert.True(PteAt(16).IsNone && PteAt(17).IsNone);
        AssertInvariants();
    }

    [Fact]
    public void Statistics_count_what_went_and_came()
    {
        MapFilled(16, 3);
        AddressSpace child = Space.Fork()!;
        Evict(16, 3);
        Space.Load(16);

        AddressSpaceStatistics parent = Space.GetStatistics();
        Assert.Equal((1, 2, 1), (parent.AnonymousPages, parent.SwappedPages, parent.SwapIns));
        Assert.Equal(3, parent.Evictions.Advice);
        Assert.Equal((0, 3), (child.GetStatistics().AnonymousPages, child.GetStatistics().SwappedPages));
    }
}
