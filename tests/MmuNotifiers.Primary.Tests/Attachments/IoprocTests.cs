using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>Quadrics' operations, in the form that the patch had and in the one that it lacked.</summary>
public sealed class IoprocTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);

    public void Dispose()
    {
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void Munmap_over_two_areas_hands_over_the_first_only_and_the_skipped_one_is_named()
    {
        using AddressSpace space = Make(AttachmentKind.IoprocHistorical);
        using AttachedMmu attached = Attachment.Of(AttachmentKind.IoprocHistorical).Attach(space);
        using MirrorDevice device = new(attached);
        MapTwoAreas(space, device);
        Assert.Equal(Errno.None, space.Unmap(At(100), 4 * Page.SizeBytes));
        Assert.False(device.Holds(100));
        Assert.True(device.Holds(102));
        string message = attached.Explain(At(102))!;
        Assert.Equal(
            "IOPROC handed over only the first area [0x64000, 0x66000) for Unmap [0x64000, 0x68000); the area at [0x66000, 0x68000) was skipped",
            message);
        Assert.Equal([message], attached.Violations);
        Assert.Equal(1, attached.Statistics.SkippedAreas);
        Assert.Null(attached.Explain(At(100)));
    }

    [Fact]
    public void The_complete_form_hands_over_every_area_with_its_part()
    {
        using AddressSpace space = Make(AttachmentKind.IoprocComplete);
        using AttachedMmu attached = Attachment.Of(AttachmentKind.IoprocComplete).Attach(space);
        using MirrorDevice device = new(attached);
        MapTwoAreas(space, device);
        device.Forget();
        Assert.Equal(Errno.None, space.Unmap(At(101), 2 * Page.SizeBytes));
        Assert.Equal(["Clear [0x65000, 0x66000)", "Clear [0x66000, 0x67000)"], device.Told);
        Assert.Equal(0, device.Open);
        Assert.False(device.Holds(102));
        Assert.Equal(0, attached.Statistics.SkippedAreas);
    }

    [Fact]
    public void Historical_fork_leaves_the_device_with_the_right_to_store_to_the_childs_page()
    {
        using AddressSpace space = Make(AttachmentKind.IoprocHistorical);
        using AttachedMmu attached = Attachment.Of(AttachmentKind.IoprocHistorical).Attach(space);
        using MirrorDevice device = new(attached);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        using AddressSpace child = space.Fork()!;
        Assert.True(device.MayStore(100));
        _memory.Bytes(device.FrameOf(100))[0] = 9;
        Assert.Equal(9, child.Load(100));
        Assert.Equal("Fork of [0x64000, 0x65000) was not told of", attached.Explain(At(100)));
    }

    [Fact]
    public void Each_operation_is_called_with_its_area_where_its_change_happens()
    {
        using AddressSpace space = new(_memory);
        using SharedMemoryObject shared = new(_memory, 4 * Page.SizeBytes);
        RecordingDriver driver = new();
        using NotifierSubscription subscription = space.Register(driver, IoprocForm.Complete);
        space.MapPrivate(100, 2);
        space.Store(100, 1);
        Assert.Equal(["UpdatePage 0x64000 in [0x64000, 0x66000) ReadWrite"], driver.Take());
        Assert.Equal(Errno.None, space.Protect(At(100), 2 * Page.SizeBytes, AccessRights.Read));
        Assert.Equal(
            ["ChangeProtection [0x64000, 0x66000) in [0x64000, 0x66000) Read to Read", "ResumeLoads [0x64000, 0x66000)"], driver.Take());
        Assert.Equal(Errno.None, space.Advise(At(101), Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(["InvalidatePage 0x65000 in [0x64000, 0x66000) Read", "ResumeLoads [0x65000, 0x66000)"], driver.Take());
        space.Fork()!.Dispose();
        Assert.Equal(["InvalidateRange [0x64000, 0x66000) in [0x64000, 0x66000) Read", "ResumeLoads [0x64000, 0x66000)"], driver.Take());
        Assert.True(space.Move(At(100), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(300)).Succeeded);
        Assert.Equal(["InvalidatePage 0x64000 in [0x64000, 0x66000) Read", "ResumeLoads [0x64000, 0x65000)"], driver.Take());
        space.Dispose();
        Assert.Equal(["Release"], driver.Take());
    }

    [Fact]
    public void Write_back_asks_the_card_to_note_its_accesses_anew()
    {
        using FileObject file = new(_memory, new ByteFileContent(new byte[2 * Page.SizeBytes]));
        using AddressSpace space = new(_memory);
        RecordingDriver driver = new();
        using NotifierSubscription subscription = space.Register(driver, IoprocForm.Complete);
        space.MapObject(100, 2, MapFlags.Shared, new ObjectHandle(file, AccessRights.ReadWrite));
        space.Store(100, 1);
        driver.Take();
        Assert.Equal(Errno.None, space.Sync(At(100), 2 * Page.SizeBytes, SyncFlags.Sync));
        Assert.Equal(["SyncRange [0x64000, 0x66000) in [0x64000, 0x66000) ReadWrite", "ResumeLoads [0x64000, 0x66000)"], driver.Take());
    }

    [Fact]
    public void A_driver_that_leaves_the_optional_operations_out_gets_the_ranges()
    {
        MinimalDriver minimal = new();
        IIoprocNotifier driver = minimal;
        using AddressSpace space = new(_memory);
        space.MapPrivate(100, 2);
        IMappedArea area = space.FindArea(At(100))!;
        driver.InvalidatePage(area, At(100));
        driver.SyncPage(area, At(101));
        driver.UpdatePage(area, At(101));
        Assert.Equal([Pages(100, 1), Pages(101, 1)], minimal.Invalidated);
    }

    private static void MapTwoAreas(AddressSpace space, MirrorDevice device)
    {
        space.MapPrivate(100, 2);
        space.MapPrivate(102, 2, AccessRights.Read);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        Assert.Equal(FaultResult.Success, device.Touch(102, AccessRights.Read));
    }

    private AddressSpace Make(AttachmentKind kind) => new(_memory, new AddressSpaceOptions { Hooks = Attachment.Of(kind).Hooks });
}
