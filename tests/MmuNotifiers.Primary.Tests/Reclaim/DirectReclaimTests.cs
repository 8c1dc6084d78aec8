using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Reclaim;

/// <summary>Whoever needs a frame evicts a page for it, in every path that allocates.</summary>
public sealed class DirectReclaimTests : IDisposable
{
    private const ulong First = 0x1000;
    private const int Frames = 64;
    private const ulong Many = 4 * Frames;

    private readonly PageArrayStore _store = new(100_000);
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;

    public DirectReclaimTests()
    {
        _memory = new PhysicalMemory(Frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1 });
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
    public void A_store_to_untouched_memory_evicts_what_was_used_longest_ago()
    {
        _space.MapPrivate(First, Many);
        Fill(_space, First, Many);
        Check(_space, First, Many);
        Assert.InRange(_memory.FramesInUse, 1, Frames);
        Assert.True(_memory.Reclaim!.Statistics.DirectEvictions >= (long)Many);
        Assert.Equal(0, _memory.Reclaim.Statistics.Failures);
    }

    [Fact]
    public void A_copy_on_write_evicts()
    {
        _space.MapPrivate(First, Frames / 2);
        Fill(_space, First, Frames / 2);
        using AddressSpace child = _space.Fork()!;
        Fill(child, First, Frames / 2, salt: 7);
        Fill(child, First, Frames / 2, salt: 9);
        Check(_space, First, Frames / 2);
        Check(child, First, Frames / 2, salt: 9);
        child.AssertInvariants();
    }

    [Fact]
    public void A_fork_that_must_copy_pinned_pages_lets_its_locks_go_to_evict()
    {
        AddressRange pinned = _space.MapPrivate(First, 20);
        _space.MapPrivate(First + 100, Many);
        Fill(_space, First, 20);
        FrameNumber[] frames = new FrameNumber[20];
        Assert.Equal(FaultResult.Success, _space.Pin(pinned, AccessRights.Write, frames));
        Fill(_space, First + 100, Many);
        using (AddressSpace child = _space.Fork()!)
        {
            Check(child, First, 20);
            Fill(child, First, 20, salt: 5);
            Check(_space, First, 20);
            Check(_space, First + 100, Many);
            Check(child, First + 100, Many);
            child.AssertInvariants();
        }

        _space.Unpin(frames);
    }

    [Fact]
    public void A_page_of_an_object_evicts_private_pages()
    {
        using SharedMemoryObject shared = new(_memory, (Frames / 2) << Page.Shift);
        _space.MapPrivate(First, Many);
        Fill(_space, First, Many);
        _space.MapObject(First + 1000, Frames / 2, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        Fill(_space, First + 1000, Frames / 2);
        Check(_space, First + 1000, Frames / 2);
        Check(_space, First, Many);
        Assert.Equal(Errno.None, _space.Unmap(At(First + 1000), (Frames / 2) << Page.Shift));
    }

    [Fact]
    public void Populating_migrating_and_merging_evict()
    {
        _space.MapPrivate(First, Many);
        Assert.Equal(Errno.None, _space.Advise(At(First), Many << Page.Shift, Advice.PopulateWrite));
        Fill(_space, First, Many);
        Assert.InRange(_space.Migrate(Pages(First, Many)).MovedPages, 1, (long)Many);
        Check(_space, First, Many);

        AddressRange equal = _space.MapPrivate(First + 1000, 16);
        Assert.Equal(Errno.None, _space.Advise(equal.Start, equal.LengthBytes, Advice.Mergeable));
        for (ulong page = 0; page < 16; page++)
        {
            _space.Store(First + 1000 + page, 42);
        }

        _space.MergeEqualPages(equal);
        Assert.True(_space.MergeEqualPages(equal) + _space.MergeEqualPages(equal) >= 0);
        Check(_space, First, Many);
    }

    [Fact]
    public void A_device_gets_a_frame_of_its_own_where_none_is_free()
    {
        _space.MapPrivate(First, Many);
        Fill(_space, First, Many);
        List<FrameNumber> own = [];
        for (int i = 0; i < Frames / 2; i++)
        {
            Assert.True(_memory.TryAllocate(out FrameNumber frame));
            own.Add(frame);
        }

        Assert.Equal(own.Count, own.Distinct().Count());
        Check(_space, First, Many);
        own.ForEach(_memory.Free);
    }

    [Fact]
    public void Pages_of_devices_that_fault_are_evicted_and_come_back()
    {
        _space.MapPrivate(First, Many);
        Translation[] translation = new Translation[1];
        for (ulong page = 0; page < Many; page++)
        {
            Assert.True(_space.FaultRange(Pages(First + page, 1), AccessRights.Write, translation).Succeeded);
        }

        Fill(_space, First, Many);
        Check(_space, First, Many);
    }

    [Fact]
    public void Frames_become_free_by_hand()
    {
        _space.MapPrivate(First, 40);
        Fill(_space, First, 40);
        long before = _memory.FramesInUse;
        Assert.Equal(10, _memory.Reclaim!.Reclaim(10));
        Assert.Equal(before - 10, _memory.FramesInUse);
        Assert.Equal(30, _memory.Reclaim.Reclaim(1000));
        Assert.Equal(1, _memory.FramesInUse);
        Assert.Equal(0, _memory.Reclaim.Reclaim(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.Reclaim.Reclaim(-1));
        Check(_space, First, 40);
    }

    internal static void Fill(AddressSpace space, ulong first, ulong pages, ulong salt = 0)
    {
        for (ulong page = first; page < first + pages; page++)
        {
            Assert.Equal(FaultResult.Success, space.Write(At(page), BitConverter.GetBytes((page * 31) + salt)).Result);
        }
    }

    internal static void Check(AddressSpace space, ulong first, ulong pages, ulong salt = 0)
    {
        byte[] bytes = new byte[8];
        for (ulong page = first; page < first + pages; page++)
        {
            Assert.Equal(FaultResult.Success, space.Read(At(page), bytes).Result);
            Assert.Equal((page * 31) + salt, BitConverter.ToUInt64(bytes));
        }
    }
}
