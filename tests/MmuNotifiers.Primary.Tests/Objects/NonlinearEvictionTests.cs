using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>
/// What the mail of January 2008 says will need more notifiers: "to handle swapping of MAP_PRIVATE non linear tmpfs shared pages properly". A tmpfs
/// object, mapped privately by one space and shared by another, whose pages show in an order of their own.
/// </summary>
public sealed class NonlinearEvictionTests : IDisposable
{
    private const ulong PageCount = 8;

    private readonly PageStore _store = new();
    private readonly PhysicalMemory _memory;
    private readonly SharedMemoryObject _target;
    private readonly ObjectHandle _handle;
    private readonly AddressSpace _space;
    private readonly AddressSpace _other;

    public NonlinearEvictionTests()
    {
        _memory = Evictions.PoolOver(_store);
        _target = new SharedMemoryObject(_memory, PageCount * Page.SizeBytes);
        _handle = new ObjectHandle(_target, AccessRights.ReadWrite);
        _space = new AddressSpace(_memory);
        _other = new AddressSpace(_memory);
        for (ulong page = 0; page < PageCount; page++)
        {
            _target.Write(page << Page.Shift, [.. Enumerable.Repeat((byte)(10 + page), Page.SizeBytes)]);
        }

        _space.MapObject(16, PageCount, MapFlags.Private, _handle);
        _other.MapObject(100, PageCount, MapFlags.Shared, _handle);

        // The private mapping shows the pages backwards, the shared one turned by three.
        for (ulong page = 0; page < PageCount; page++)
        {
            Assert.Equal(Errno.None, _space.RemapPages(At(16 + page), Page.SizeBytes, PageCount - 1 - page));
            Assert.Equal(Errno.None, _other.RemapPages(At(100 + page), Page.SizeBytes, (page + 3) % PageCount));
        }
    }

    public void Dispose()
    {
        _space.Dispose();
        _other.Dispose();
        _target.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    [Fact]
    public void Private_nonlinear_mappings_of_a_tmpfs_object_swap_properly()
    {
        // Two addresses of the private mapping get copies of their own.
        _space.Store(17, 200);
        _space.Store(20, 201);
        byte[] before = Bytes(_space, 16);
        byte[] shared = Bytes(_other, 100);
        Assert.Equal([17, 200, 15, 14, 201, 12, 11, 10], before);
        Assert.Equal([13, 14, 15, 16, 17, 10, 11, 12], shared);

        // Pages of the object and private copies go together, from both spaces.
        EvictionResult evicted = _memory.EvictEverything();
        Assert.Equal(new EvictionResult(10, 10, 0), evicted);
        Assert.Equal(1, _memory.FramesInUse);
        Assert.Equal(8UL, _target.SwappedPages);
        AddressSpaceStatistics statistics = _space.GetStatistics();
        Assert.Equal((0, 2), (statistics.ResidentPages, statistics.SwappedPages));
        Assert.Equal((0, 0), (_other.GetStatistics().ResidentPages, _other.GetStatistics().SwappedPages));

        // Each pte keeps what only it knows: the offset of a page of the object, the slot of a private copy.
        Assert.Equal(PteKind.Nonlinear, _space.PeekPte(At(16)).Kind);
        Assert.Equal(7UL, _space.PeekPte(At(16)).Payload);
        Assert.Equal(PteKind.Swap, _space.PeekPte(At(17)).Kind);
        Assert.Equal((PteKind.Nonlinear, 2UL), (_other.PeekPte(At(107)).Kind, _other.PeekPte(At(107)).Payload));
        _space.AssertInvariants();
        _other.AssertInvariants();

        // Read back, every address shows what it showed.
        Assert.Equal(before, Bytes(_space, 16));
        Assert.Equal(shared, Bytes(_other, 100));
        Assert.Equal(10, _store.Reads);

        // What the other space stores is seen where no copy was made, at the address that shows that page.
        _other.Store(100, 99);
        _memory.EvictEverything();
        Assert.Equal([17, 200, 15, 14, 201, 12, 11, 10], Bytes(_space, 16));
        _other.Store(103, 98);
        _memory.EvictEverything();
        Assert.Equal([17, 200, 15, 14, 201, 12, 11, 10], Bytes(_space, 16));
        _other.Store(102, 97);
        _memory.EvictEverything();
        Assert.Equal([17, 200, 97, 14, 201, 12, 11, 10], Bytes(_space, 16));
        _space.AssertInvariants();
        _other.AssertInvariants();
    }

    [Fact]
    public void Subscribers_of_a_private_nonlinear_mapping_are_told_before_a_page_goes_and_translate_the_right_one_afterwards()
    {
        FrameNumber frame = _target.FrameOf(5)!.Value;
        List<(AddressRange Range, bool IsMapped)> told = [];
        using NotifierSubscription subscription = _space.Register(new RecordingNotifier
        {
            OnStart = range => told.Add((range.Range, _space.PeekPte(At(18)).Frame == frame && _space.PeekPte(At(18)).IsPresent)),
            OnEnd = range => told.Add((range.Range, _space.PeekPte(At(18)).IsPresent)),
        });
        Assert.Equal(15, _space.Load(18));
        Assert.Equal(frame, _space.PeekPte(At(18)).Frame);

        Assert.Equal(1, _memory.Evict([frame]).FreedPages);
        Assert.Equal([(Pages(18, 1), true), (Pages(18, 1), false)], told);
        Assert.Equal(15, _space.Load(18));
    }

    [Fact]
    public void Order_and_copies_survive_fork_with_pages_swapped_out_and_in()
    {
        _space.Store(17, 200);
        _memory.EvictEverything();
        using AddressSpace child = _space.Fork()!;
        Assert.Equal([17, 200, 15, 14, 13, 12, 11, 10], Bytes(child, 16));
        child.Store(17, 50);
        child.Store(18, 51);
        _memory.EvictEverything();
        Assert.Equal([17, 200, 15, 14, 13, 12, 11, 10], Bytes(_space, 16));
        Assert.Equal([17, 50, 51, 14, 13, 12, 11, 10], Bytes(child, 16));
        child.AssertInvariants();
    }

    [Fact]
    public void A_child_of_a_mapping_without_copies_gets_the_order()
    {
        Assert.Equal([17, 16, 15, 14, 13, 12, 11, 10], Bytes(_space, 16));
        using AddressSpace child = _space.Fork()!;
        Assert.Equal([17, 16, 15, 14, 13, 12, 11, 10], Bytes(child, 16));
        child.AssertInvariants();
    }

    [Fact]
    public void Truncation_takes_swapped_pages_of_the_object_and_of_the_copies_and_the_order_stays()
    {
        _space.Store(17, 200);
        _memory.EvictEverything();
        Assert.Equal(Errno.None, _target.Resize(4 * Page.SizeBytes));
        Assert.Equal(FaultResult.BusError, _space.Access(At(16), AccessRights.Read).Result);
        Assert.Equal(13, _space.Load(20));
        Assert.Equal(Errno.None, _target.Resize(PageCount * Page.SizeBytes));
        Assert.Equal(0, _space.Load(16));
        Assert.Equal(10, _space.Load(23));
    }

    [Fact]
    public void A_page_that_is_mapped_at_several_addresses_of_one_nonlinear_mapping_leaves_them_all()
    {
        for (ulong page = 0; page < PageCount; page++)
        {
            Assert.Equal(Errno.None, _other.RemapPages(At(100 + page), Page.SizeBytes, 5));
        }

        FrameNumber frame = _target.FrameOf(5)!.Value;
        Assert.Equal((int)PageCount + 1, _memory.Frames.Mappings(frame));
        Assert.Equal(1, _memory.Evict([frame]).FreedPages);
        Assert.Equal(Enumerable.Repeat((byte)15, (int)PageCount), Bytes(_other, 100));
    }

    [Fact]
    public void Remapping_back_to_the_order_of_the_area_leaves_ordinary_ptes()
    {
        _memory.EvictEverything();
        Assert.Equal(Errno.None, _other.RemapPages(At(100), PageCount * Page.SizeBytes, 0));
        Assert.Equal([10, 11, 12, 13, 14, 15, 16, 17], Bytes(_other, 100));
        _memory.EvictEverything();
        Assert.Equal(PteKind.None, _other.PeekPte(At(100)).Kind);
        _other.AssertInvariants();
        Assert.Equal(Errno.None, _other.Unmap(At(100), PageCount * Page.SizeBytes));
    }

    private static byte[] Bytes(AddressSpace space, ulong first) =>
        [.. Enumerable.Range(0, (int)PageCount).Select(page => space.Load(first + (ulong)page))];
}
