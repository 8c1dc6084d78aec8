using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class ExclusiveTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(256, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public ExclusiveTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void A_devices_own_page_keeps_its_frame_and_what_the_device_stores_there()
    {
        AddressRange range = _space.MapPrivate(16, 2);
        _space.Store(16, 7);
        FrameNumber before = _space.FrameAt(16);
        FrameNumber[] frames = Take(range);
        Assert.Equal(before, frames[0]);
        _memory.Bytes(frames[0])[0]++;
        Assert.Equal(FaultKind.TakenBack, _space.Access(At(16), AccessRights.Read).Kind);
        Assert.Equal(8, _space.Load(16));
        Assert.Equal(before, _space.FrameAt(16));
        Assert.Equal(FaultKind.None, _space.Access(At(16), AccessRights.Write).Kind);
        Assert.Equal(0, _space.Load(17));
    }

    [Fact]
    public void The_owner_is_named_when_a_page_becomes_its_own_and_nobody_when_it_is_taken_back()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        RecordingNotifier notifier = new();
        List<object?> owners = [];
        notifier.OnStart = bracket => owners.Add(bracket.Owner);
        using NotifierSubscription subscription = _space.Register(notifier);
        Take(range);
        _space.Load(16);
        Assert.Equal([this, null], owners);
        string taken = new InvalidationRange(range, InvalidationEvent.Exclusive).ToString();
        string back = new InvalidationRange(range, InvalidationEvent.Clear).ToString();
        Assert.Equal(
            [$"start {taken}", $"end {taken}", $"start {back}", $"end {back}"],
            notifier.Calls.Where(static call => !call.StartsWith("update", StringComparison.Ordinal)));
    }

    [Fact]
    public void Another_devices_fault_takes_the_page_back()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        FrameNumber[] frames = Take(range);
        Assert.Equal(frames[0], _space.FrameAt(16));
        Assert.Equal(frames, Take(range));
        Assert.Equal(frames, Take(range));
    }

    [Fact]
    public void A_shared_private_page_is_copied_before_it_becomes_a_devices_own()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        _space.Store(16, 7);
        using AddressSpace child = _space.Fork()!;
        FrameNumber[] frames = Take(range);
        _memory.Bytes(frames[0])[0] = 9;
        Assert.Equal([9, 7], [_space.Load(16), child.Load(16)]);
    }

    [Fact]
    public void Fork_takes_pages_back_so_that_the_child_shares_them()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        FrameNumber[] frames = Take(range);
        _memory.Bytes(frames[0])[0] = 9;
        using AddressSpace child = _space.Fork()!;
        Assert.Equal(frames[0], child.FrameAt(16));
        child.Store(16, 3);
        Assert.Equal([9, 3], [_space.Load(16), child.Load(16)]);
        child.AssertInvariants();
    }

    [Fact]
    public void A_page_that_is_taken_back_has_the_rights_that_its_area_has_then()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        Take(range);
        Assert.Equal(Errno.None, _space.Protect(range.Start, range.LengthBytes, AccessRights.Read));
        Assert.Equal(FaultKind.TakenBack, _space.Access(At(16), AccessRights.Read).Kind);
        Assert.Equal(FaultResult.AccessDenied, _space.Access(At(16), AccessRights.Write).Result);
    }

    [Fact]
    public void A_devices_own_page_moves_with_its_area_and_goes_with_it()
    {
        AddressRange range = _space.MapPrivate(16, 2);
        FrameNumber[] frames = Take(range);
        _memory.Bytes(frames[1])[0] = 9;
        Assert.True(_space.Move(range.Start, range.LengthBytes, range.LengthBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(40)).Succeeded);
        Assert.Equal(9, _space.Load(41));
        Assert.Equal(Errno.None, _space.Advise(At(40), Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(0, _space.Load(40));
        Assert.Equal(2, _memory.FramesInUse);
    }

    [Fact]
    public void A_devices_own_page_is_resident_stays_in_its_frame_and_counts_as_written()
    {
        AddressRange range = _space.MapPrivate(16, 1);
        Take(range);
        bool[] resident = new bool[1];
        Assert.Equal(Errno.None, _space.Resident(range.Start, range.LengthBytes, resident));
        Assert.True(resident[0]);
        Assert.Equal(new MigrationResult(0, 1), _space.Migrate(range));
        _space.ClearSoftDirty(range);
        Assert.Equal([range], _space.SoftDirtyPages(range));
    }

    [Fact]
    public void Shared_pinned_read_only_and_unmapped_pages_cannot_be_a_devices_own()
    {
        using SharedMemoryObject target = new(_memory, Page.SizeBytes);
        _space.MapObject(16, 1, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
        _space.MapPrivate(17, 1);
        _space.MapPrivate(18, 1, AccessRights.Read);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(17, 1), AccessRights.Write, pinned));
        FrameNumber[] frames = new FrameNumber[2];
        Assert.Equal(new RangeFaultResult(FaultResult.AccessDenied, 0), _space.MakeExclusive(Pages(16, 1), this, frames));
        Assert.Equal(new RangeFaultResult(FaultResult.AccessDenied, 0), _space.MakeExclusive(Pages(17, 1), this, frames));
        _space.Unpin(pinned);
        Assert.Equal(new RangeFaultResult(FaultResult.AccessDenied, 1), _space.MakeExclusive(Pages(17, 2), this, frames));
        Assert.Equal(new RangeFaultResult(FaultResult.NotMapped, 0), _space.MakeExclusive(Pages(30, 1), this, frames));
        Assert.Throws<ArgumentException>(() => _space.MakeExclusive(Pages(17, 3), this, frames));
        Assert.Equal(Errno.None, _space.Unmap(At(16), 3 * Page.SizeBytes));
    }

    private FrameNumber[] Take(AddressRange range)
    {
        FrameNumber[] frames = new FrameNumber[range.Pages];
        Assert.Equal(new RangeFaultResult(FaultResult.Success, frames.Length), _space.MakeExclusive(range, this, frames));
        return frames;
    }
}
