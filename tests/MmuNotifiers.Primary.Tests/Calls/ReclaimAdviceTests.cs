using MmuNotifiers.Primary.Tests.Core;
using MmuNotifiers.Primary.Tests.Objects;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>What advice does to what is in memory: Cold, PageOut, Free, WillNeed, PopulateRead and PopulateWrite.</summary>
public sealed class ReclaimAdviceTests : IDisposable
{
    private readonly PageStore _store = new();
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;

    public ReclaimAdviceTests()
    {
        _memory = Evictions.PoolOver(_store, frames: 64);
        _space = new AddressSpace(_memory);
    }

    public void Dispose()
    {
        _space.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    [Fact]
    public void PageOut_evicts_at_once_and_the_pages_come_back()
    {
        _space.MapPrivate(16, 4);
        _space.Store(16, 1);
        _space.Store(18, 3);
        Advise(16, 4, Advice.PageOut);
        Assert.Equal([false, false, false, false], Resident(16, 4));
        Assert.Equal((0, 2), (_space.GetStatistics().ResidentPages, _space.GetStatistics().SwappedPages));
        Assert.Equal(2, _space.GetStatistics().Evictions[EvictionReason.Advice]);
        Assert.Equal((1, 0, 3), (_space.Load(16), _space.Load(17), _space.Load(18)));
        Assert.Equal(2, _space.GetStatistics().SwapIns);
    }

    [Fact]
    public void PageOut_leaves_what_others_map_and_takes_what_only_this_mapping_has()
    {
        using SharedMemoryObject target = new(_memory, 4 * Page.SizeBytes);
        ObjectHandle handle = new(target, AccessRights.ReadWrite);
        _space.MapObject(16, 4, MapFlags.Shared, handle);
        using AddressSpace other = new(_memory);
        other.MapObject(16, 1, MapFlags.Shared, handle);
        _space.Store(16, 1);
        _space.Store(17, 2);
        other.Load(16);
        Advise(16, 4, Advice.PageOut);
        Assert.Equal([true, false, false, false], Resident(16, 4));
        Assert.Equal((1UL, 1UL), (target.CachedPages, target.SwappedPages));
        Assert.Equal(2, _space.Load(17));
    }

    [Fact]
    public void PageOut_of_a_childs_shared_pages_leaves_them_until_one_has_them_alone()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 1);
        AddressSpace child = _space.Fork()!;
        Advise(16, 1, Advice.PageOut);
        Assert.Equal([true], Resident(16, 1));
        child.Dispose();
        Advise(16, 1, Advice.PageOut);
        Assert.Equal([false], Resident(16, 1));
        Assert.Equal(1, _space.Load(16));
    }

    [Fact]
    public void PageOut_refuses_locked_memory_and_tells_of_holes()
    {
        _space.MapPrivate(16, 2);
        _space.MapPrivate(20, 1);
        _space.Store(16, 1);
        _space.Store(20, 1);
        Assert.Equal(Errno.ENOMEM, _space.Advise(At(16), 5 * Page.SizeBytes, Advice.PageOut));
        Assert.Equal([false], Resident(16, 1));
        Assert.Equal([false], Resident(20, 1));
        _space.Lock(At(16), Page.SizeBytes);
        Assert.Equal(Errno.EINVAL, _space.Advise(At(16), Page.SizeBytes, Advice.PageOut));
        Assert.Equal([true], Resident(16, 1));
    }

    [Fact]
    public void PageOut_splits_huge_pages_and_evicts_their_parts()
    {
        using PageStore store = new(slots: 2048);
        using PhysicalMemory memory = Evictions.PoolOver(store, frames: 2048);
        using AddressSpace space = new(memory);
        space.MapPrivate(512, 512);
        space.Store(512, 1);
        space.Store(1023, 2);
        Assert.Equal(Errno.None, space.Advise(At(512), 512 * Page.SizeBytes, Advice.Collapse));
        Assert.Equal(Errno.None, space.Advise(At(512), 512 * Page.SizeBytes, Advice.PageOut));
        Assert.Equal((0, 512), (space.GetStatistics().ResidentPages, space.GetStatistics().SwappedPages));
        Assert.Equal((1, 0, 2), (space.Load(512), space.Load(700), space.Load(1023)));
    }

    [Fact]
    public void Cold_pages_are_evicted_before_others_though_they_were_used_later()
    {
        _space.MapPrivate(16, 40);
        for (ulong page = 16; page < 56; page++)
        {
            _space.Store(page, 1);
        }

        Advise(40, 16, Advice.Cold);
        Assert.Equal(Enumerable.Repeat(true, 40), Resident(16, 40));
        Assert.Equal(16, _memory.Reclaim!.Reclaim(16));
        Assert.Equal(Enumerable.Repeat(true, 24), Resident(16, 24));
        Assert.Equal(Enumerable.Repeat(false, 16), Resident(40, 16));
    }

    [Fact]
    public void Free_keeps_old_bytes_until_reclaim_drops_them_without_a_write()
    {
        _space.MapPrivate(16, 3);
        _space.Store(16, 1);
        _space.Store(17, 2);
        _space.Store(18, 3);
        Advise(16, 3, Advice.Free);
        Assert.Equal(2, _space.Load(17));
        _space.Store(18, 4);

        _memory.EvictEverything();
        Assert.Equal((2, 1), (_memory.SwapStatistics.LazyFrees, _store.Writes));
        Assert.Equal((0, 0, 4), (_space.Load(16), _space.Load(17), _space.Load(18)));
    }

    [Fact]
    public void Free_drops_evicted_pages_and_their_slots()
    {
        _space.MapPrivate(16, 2);
        _space.Store(16, 1);
        Advise(16, 2, Advice.PageOut);
        Advise(16, 2, Advice.Free);
        Assert.Equal(0, _space.GetStatistics().SwappedPages);
        Assert.Equal(0, _space.Load(16));
    }

    [Fact]
    public void PageOut_drops_at_once_what_was_freed_lazily()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 1);
        Advise(16, 1, Advice.Free);
        Advise(16, 1, Advice.PageOut);
        Assert.Equal(0, _space.Load(16));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void WillNeed_brings_private_pages_back_from_swap()
    {
        _space.MapPrivate(16, 4);
        _space.Store(16, 1);
        _space.Store(17, 2);
        Advise(16, 4, Advice.PageOut);
        Advise(16, 4, Advice.WillNeed);
        Assert.Equal([true, true, false, false], Resident(16, 4));
        Assert.Equal((2, 2), (_space.GetStatistics().SwappedPages, _space.GetStatistics().SwapCachePages));
        int reads = _store.Reads;
        Assert.Equal((1, 2), (_space.Load(16), _space.Load(17)));
        Assert.Equal(reads, _store.Reads);
    }

    [Fact]
    public void WillNeed_brings_pages_of_shared_memory_and_of_nonlinear_mappings_back()
    {
        using SharedMemoryObject target = new(_memory, 8 * Page.SizeBytes);
        _space.MapObject(16, 2, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(Errno.None, _space.RemapPages(At(16), Page.SizeBytes, 6));
        _space.Store(17, 9);
        target.Write(0, [.. Enumerable.Repeat((byte)7, 8 * Page.SizeBytes)]);
        _memory.EvictEverything();
        Assert.Equal(8UL, target.SwappedPages);

        Advise(16, 2, Advice.WillNeed);
        Assert.Equal([true, true], Resident(16, 2));
        Assert.True(target.IsCached(6));
        Assert.False(target.IsCached(5));
        int reads = _store.Reads;
        Assert.Equal((7, 9), (_space.Load(16), _space.Load(17)));
        Assert.Equal(reads, _store.Reads);
    }

    [Fact]
    public void WillNeed_reads_a_file_ahead_and_passes_over_what_cannot_be_read()
    {
        FailingContent content = new(4 * Page.SizeBytes);
        using FileObject file = new(_memory, content);
        _space.MapObject(16, 4, MapFlags.Shared, new ObjectHandle(file, AccessRights.ReadWrite));
        Advise(16, 4, Advice.WillNeed);
        Assert.Equal([true, true, true, true], Resident(16, 4));
        Advise(16, 4, Advice.PageOut);
        Assert.Equal([true, true, true, true], Resident(16, 4));
        _space.Load(16);
        Advise(16, 4, Advice.PageOut);
        Assert.False(file.IsCached(0));

        _space.MapPrivate(30, 1);
        _space.Store(30, 5);
        Advise(30, 1, Advice.PageOut);
        _store.ReadOutcome = SwapOutcome.IoError;
        Advise(30, 1, Advice.WillNeed);
        Assert.Equal([false], Resident(30, 1));
        _store.ReadOutcome = SwapOutcome.Success;
        Assert.Equal(5, _space.Load(30));
    }

    [Fact]
    public void Populating_more_than_there_are_frames_evicts_and_loses_nothing()
    {
        _space.MapPrivate(16, 200);
        for (ulong page = 16; page < 216; page++)
        {
            _space.Store(page, (byte)page);
        }

        Assert.InRange(_space.GetStatistics().ResidentPages, 1, 63);
        Assert.Equal(Errno.None, _space.Advise(At(16), 200 * Page.SizeBytes, Advice.PopulateRead));
        Assert.Equal(Errno.None, _space.Advise(At(16), 200 * Page.SizeBytes, Advice.PopulateWrite));
        for (ulong page = 16; page < 216; page++)
        {
            Assert.Equal((byte)page, _space.Load(page));
        }

        AddressSpaceStatistics statistics = _space.GetStatistics();
        Assert.Equal(200, statistics.ResidentPages + statistics.SwappedPages);
        Assert.True(statistics.Evictions.Pressure > 500, $"{statistics} after four rounds over three times the memory");
        _space.AssertInvariants();
    }

    [Fact]
    public void Populating_a_page_that_cannot_be_had_says_so()
    {
        _space.MapPrivate(16, 1);
        _space.Store(16, 1);
        Advise(16, 1, Advice.PageOut);
        _store.ReadOutcome = SwapOutcome.Lost;
        Assert.Equal(Errno.EFAULT, _space.Advise(At(16), Page.SizeBytes, Advice.PopulateRead));
        _store.ReadOutcome = SwapOutcome.Success;
    }

    private void Advise(ulong page, ulong count, Advice advice) =>
        Assert.Equal(Errno.None, _space.Advise(At(page), count * Page.SizeBytes, advice));

    private bool[] Resident(ulong page, ulong count)
    {
        bool[] pages = new bool[count];
        Assert.Equal(Errno.None, _space.Resident(At(page), count * Page.SizeBytes, pages));
        return pages;
    }
}
