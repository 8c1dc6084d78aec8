using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

public sealed class FaultTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public FaultTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void An_address_without_an_area_is_not_mapped()
    {
        Assert.Equal(FaultResult.NotMapped, _space.Access(At(7), AccessRights.Read).Result);
        Assert.Equal(FaultResult.NotMapped, _space.Access(new VirtualAddress(1UL << 47), AccessRights.Read).Result);
        Assert.Equal(FaultResult.NotMapped, _space.Access(new VirtualAddress(ulong.MaxValue), AccessRights.Write).Result);
    }

    [Fact]
    public void An_address_beyond_the_tables_does_not_alias_a_mapped_one()
    {
        _space.MapPrivate(100, 1);
        _space.Store(100, 1);
        Assert.Equal(FaultResult.NotMapped, _space.Access(At(100) + (1UL << 48), AccessRights.Read).Result);
        Assert.Equal(FaultResult.NotMapped, _space.Read(At(100) + (1UL << 48), new byte[1]).Result);
    }

    [Fact]
    public void A_load_maps_the_zero_page_and_takes_no_frame()
    {
        _space.MapPrivate(100, 2);
        Assert.Equal(AccessResult.Of(FaultKind.ZeroPage), _space.Access(At(100), AccessRights.Read));
        Assert.Equal(AccessResult.Of(FaultKind.None), _space.Access(At(100), AccessRights.Read));
        Assert.Equal(0, _space.Load(101));
        Assert.Equal(1, _memory.FramesInUse);
    }

    [Fact]
    public void A_store_after_a_load_replaces_the_zero_page_inside_a_bracket()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _space.Register(notifier);
        _space.MapPrivate(100, 1);
        _space.Access(At(100), AccessRights.Read);
        notifier.Clear();
        Assert.Equal(AccessResult.Of(FaultKind.ZeroPageReplaced), _space.Access(At(100), AccessRights.Write));
        Assert.Equal(["start Clear [0x64000, 0x65000)", "end Clear [0x64000, 0x65000)", "update [0x64000, 0x65000) ReadWrite"], notifier.Calls);
    }

    [Fact]
    public void A_store_to_untouched_memory_needs_no_bracket_since_nobody_can_translate_it()
    {
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _space.Register(notifier);
        _space.MapPrivate(100, 1);
        Assert.Equal(AccessResult.Of(FaultKind.Anonymous), _space.Access(At(100), AccessRights.Write));
        Assert.Equal(["update [0x64000, 0x65000) ReadWrite"], notifier.Calls);
    }

    [Theory]
    [InlineData(AccessRights.None, AccessRights.Read, FaultResult.AccessDenied)]
    [InlineData(AccessRights.Read, AccessRights.Write, FaultResult.AccessDenied)]
    [InlineData(AccessRights.Read, AccessRights.Execute, FaultResult.AccessDenied)]
    [InlineData(AccessRights.Write, AccessRights.Read, FaultResult.Success)]
    [InlineData(AccessRights.Execute, AccessRights.Read, FaultResult.Success)]
    [InlineData(AccessRights.Execute, AccessRights.Execute, FaultResult.Success)]
    public void Rights_are_those_of_x86(AccessRights area, AccessRights access, FaultResult expected)
    {
        _space.MapPrivate(100, 1, area);
        Assert.Equal(expected, _space.Access(At(100), access).Result);
    }

    [Fact]
    public void Bytes_that_span_pages_are_stored_and_loaded_in_full()
    {
        _space.MapPrivate(100, 3);
        byte[] written = [.. Enumerable.Range(0, 2 * Page.SizeBytes).Select(i => (byte)(i * 7))];
        Assert.Equal(new TransferResult(FaultResult.Success, written.Length), _space.Write(At(100) + 100, written));
        byte[] read = new byte[written.Length];
        Assert.Equal(new TransferResult(FaultResult.Success, read.Length), _space.Read(At(100) + 100, read));
        Assert.Equal(written, read);
    }

    [Fact]
    public void A_transfer_that_faults_says_how_far_it_came()
    {
        _space.MapPrivate(100, 1);
        Assert.Equal(new TransferResult(FaultResult.NotMapped, Page.SizeBytes - 10), _space.Write(At(100) + 10, new byte[Page.SizeBytes]));
        Assert.Equal(new TransferResult(FaultResult.NotMapped, Page.SizeBytes - 10), _space.Read(At(100) + 10, new byte[Page.SizeBytes]));
    }

    [Fact]
    public void Without_frames_a_fault_ends_as_out_of_memory_and_leaves_the_page_alone()
    {
        using PhysicalMemory small = new(3);
        using AddressSpace space = new(small);
        space.MapPrivate(100, 4);
        Assert.True(space.Access(At(100), AccessRights.Write).Succeeded);
        Assert.True(space.Access(At(101), AccessRights.Write).Succeeded);
        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(102), AccessRights.Write).Result);
        Assert.True(space.Access(At(102), AccessRights.Read).Succeeded);
        space.AssertInvariants();
    }

    [Fact]
    public void Faulting_a_range_reports_frames_and_gives_write_only_for_dirty_pages()
    {
        _space.MapPrivate(100, 3);
        _space.Store(100, 9);
        Translation[] translations = new Translation[3];
        Assert.Equal(new RangeFaultResult(FaultResult.Success, 3), _space.FaultRange(Pages(100, 3), AccessRights.Read, translations));
        Assert.Equal(AccessRights.ReadWrite, translations[0].Rights);
        Assert.Equal(AccessRights.Read, translations[1].Rights);
        Assert.Equal(PhysicalMemory.ZeroFrame, translations[2].Frame);
        Assert.True(_space.FaultRange(Pages(101, 1), AccessRights.Write, translations).Succeeded);
        Assert.Equal(AccessRights.ReadWrite, translations[0].Rights);
    }

    [Fact]
    public void Faulting_a_range_stops_at_the_first_page_that_fails()
    {
        _space.MapPrivate(100, 2);
        Translation[] translations = new Translation[4];
        Assert.Equal(new RangeFaultResult(FaultResult.NotMapped, 2), _space.FaultRange(Pages(100, 4), AccessRights.Write, translations));
        Assert.Throws<ArgumentException>(() => _space.FaultRange(Pages(100, 5), AccessRights.Read, translations));
        Assert.Throws<ArgumentException>(() => _space.FaultRange(new AddressRange(At(100), At(100) + 1), AccessRights.Read, translations));
    }

    [Fact]
    public void Faults_and_accesses_and_invalidations_allocate_nothing()
    {
        RecordingFree notifier = new();
        using NotifierSubscription subscription = _space.Register(notifier);
        AddressRange range = _space.MapPrivate(1024, 512);
        Touch(range);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Touch(range);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(notifier.Starts >= 2);
    }

    private void Touch(AddressRange range)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            _space.Access(page, AccessRights.Read);
            _space.Access(page, AccessRights.Write);
            _space.Access(page, AccessRights.Read);
        }

        _space.ApplyToPageRange(range, static (_, _) => PageAction.Clear);
    }

    private sealed class RecordingFree : IMmuNotifier
    {
        internal int Starts { get; private set; }

        public bool InvalidateRangeStart(in InvalidationRange range)
        {
            Starts++;
            return true;
        }

        public void InvalidateRangeEnd(in InvalidationRange range)
        {
        }

        public void Release()
        {
        }
    }
}
