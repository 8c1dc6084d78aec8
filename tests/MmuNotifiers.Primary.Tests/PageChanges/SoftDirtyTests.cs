using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class SoftDirtyTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(256, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public SoftDirtyTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void Until_it_is_cleared_every_mapped_page_is_soft_dirty()
    {
        AddressRange range = _space.MapPrivate(16, 4);
        Assert.Equal([range], _space.SoftDirtyPages(Pages(0, 64)));
    }

    [Fact]
    public void After_it_is_cleared_only_pages_that_are_stored_to_are_soft_dirty()
    {
        AddressRange range = _space.MapPrivate(16, 8);
        _space.Store(16, 1);
        _space.Store(17, 1);
        _space.ClearSoftDirty(range);
        Assert.Empty(_space.SoftDirtyPages(range));
        _space.Load(16);
        _space.Load(20);
        Assert.Empty(_space.SoftDirtyPages(range));
        _space.Store(17, 2);
        _space.Store(18, 2);
        _space.Store(22, 2);
        Assert.Equal([Pages(17, 2), Pages(22, 1)], _space.SoftDirtyPages(range));
    }

    [Fact]
    public void The_first_store_after_clearing_is_a_fault_that_copies_nothing()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        _space.Store(16, 1);
        FrameNumber frame = _space.FrameAt(16);
        _space.ClearSoftDirty(range);
        Assert.Equal(FaultKind.None, _space.Access(At(16), AccessRights.Read).Kind);
        Assert.Equal(FaultKind.Reuse, _space.Access(At(16), AccessRights.Write).Kind);
        Assert.Equal(FaultKind.None, _space.Access(At(16), AccessRights.Write).Kind);
        Assert.Equal(frame, _space.FrameAt(16));
    }

    [Fact]
    public void Clearing_is_one_bracket_with_the_event_SoftDirty_and_takes_write_permission_inside_it()
    {
        _space.MapPrivate(16, 2);
        _space.Store(16, 1);
        RecordingNotifier notifier = new();
        notifier.OnStart = _ => Assert.Equal(FaultKind.None, _space.Access(At(16), AccessRights.Write).Kind);
        notifier.OnEnd = _ => Assert.Equal(FaultKind.Reuse, _space.Access(At(16), AccessRights.Write).Kind);
        using NotifierSubscription subscription = _space.Register(notifier);
        _space.ClearSoftDirty(Pages(16, 2));
        string range = new InvalidationRange(Pages(16, 2), InvalidationEvent.SoftDirty).ToString();
        Assert.Equal([$"start {range}", $"end {range}"], notifier.Calls.Where(static call => !call.StartsWith("update", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_store_through_a_device_shows_as_soft_dirty()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        Translation[] translation = new Translation[1];
        Assert.True(_space.FaultRange(range, AccessRights.Write, translation).Succeeded);
        _space.ClearSoftDirty(range);
        Assert.True(_space.FaultRange(range, AccessRights.Read, translation).Succeeded);
        Assert.Equal(AccessRights.Read, translation[0].Rights);
        Assert.True(_space.FaultRange(range, AccessRights.Write, translation).Succeeded);
        Assert.Equal([range], _space.SoftDirtyPages(range));
    }

    [Fact]
    public void A_change_of_protection_gives_no_write_permission_that_would_hide_a_store()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        _space.Store(16, 1);
        _space.ClearSoftDirty(range);
        Assert.Equal(Errno.None, _space.Protect(range.Start, range.LengthBytes, AccessRights.Read));
        Assert.Equal(Errno.None, _space.Protect(range.Start, range.LengthBytes, AccessRights.ReadWrite));
        Assert.Empty(_space.SoftDirtyPages(range));
        _space.Store(16, 2);
        Assert.Equal([range], _space.SoftDirtyPages(range));
    }

    [Theory]
    [InlineData(MapFlags.Shared)]
    [InlineData(MapFlags.Private)]
    public void Pages_of_objects_are_tracked_for_each_mapping(MapFlags sharing)
    {
        using SharedMemoryObject target = new(_memory, 4 * Page.SizeBytes);
        AddressRange range = _space.MapObject(16, 4, sharing, new ObjectHandle(target, AccessRights.ReadWrite));
        _space.Store(16, 1);
        _space.Load(17);
        _space.ClearSoftDirty(range);
        Assert.Empty(_space.SoftDirtyPages(range));
        _space.Store(16, 1);
        _space.Store(17, 1);
        _space.Store(18, 1);
        Assert.Equal([Pages(16, 3)], _space.SoftDirtyPages(range));
        Assert.Equal(Errno.None, _space.Unmap(range.Start, range.LengthBytes));
    }

    [Fact]
    public void What_is_mapped_anew_moved_or_discarded_counts_as_written()
    {
        AddressRange range = _space.MapPrivate(16, 6);
        _space.Store(17, 1);
        _space.ClearSoftDirty(range);
        _space.MapPrivate(16, 1);
        Assert.Equal(Errno.None, _space.Advise(At(18), Page.SizeBytes, Advice.DontNeed));
        Assert.True(_space.Move(At(20), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(30)).Succeeded);
        Assert.Equal([Pages(16, 1), Pages(18, 1), Pages(30, 1)], _space.SoftDirtyPages(Pages(0, 64)));
    }

    [Fact]
    public void A_pinned_page_stays_soft_dirty_because_its_holder_writes_without_a_pte()
    {
        AddressRange range = _space.MapPrivate(16, 2);
        _space.Store(17, 1);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(16, 1), AccessRights.Write, pinned));
        _space.ClearSoftDirty(range);
        Assert.Equal([Pages(16, 1)], _space.SoftDirtyPages(range));
        _space.Unpin(pinned);
        _space.ClearSoftDirty(range);
        Assert.Empty(_space.SoftDirtyPages(range));
    }

    [Fact]
    public void A_child_inherits_what_was_not_written_since()
    {
        AddressRange range = _space.MapPrivate(16, 2);
        _space.Store(16, 1);
        _space.Store(17, 1);
        _space.ClearSoftDirty(range);
        _space.Store(17, 2);
        using AddressSpace child = _space.Fork()!;
        Assert.Equal([Pages(17, 1)], child.SoftDirtyPages(range));
        child.Store(16, 3);
        Assert.Equal([range], child.SoftDirtyPages(range));
        Assert.Equal([Pages(17, 1)], _space.SoftDirtyPages(range));
        child.AssertInvariants();
    }

    [Fact]
    public void A_range_that_is_not_page_aligned_is_refused()
    {
        AddressRange range = AddressRange.FromLength(At(16), 100);
        Assert.Throws<ArgumentException>(() => _space.ClearSoftDirty(range));
        Assert.Throws<ArgumentException>(() => _space.SoftDirtyPages(range));
    }
}
