using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>What every place must do, and what the historical ones do not.</summary>
public sealed class AttachmentTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);

    public static TheoryData<AttachmentKind> Sound => [.. Attachment.All.Where(static attachment => !attachment.IsHistorical).Select(static attachment => attachment.Kind)];

    public static TheoryData<AttachmentKind> All => [.. Enum.GetValues<AttachmentKind>()];

    public void Dispose()
    {
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_sound_place_leaves_no_translation_behind(AttachmentKind kind)
    {
        Attachment attachment = Attachment.Of(kind);
        using AddressSpace space = Make(attachment);
        using AttachedMmu attached = attachment.Attach(space);
        using MirrorDevice device = new(attached);
        space.MapPrivate(100, 8);
        for (ulong page = 100; page < 108; page++)
        {
            Assert.Equal(FaultResult.Success, device.Touch(page, AccessRights.Write));
        }

        Assert.Equal(Errno.None, space.Protect(At(102), 2 * Page.SizeBytes, AccessRights.Read));
        Assert.False(device.MayStore(102));
        Assert.False(device.MayStore(103));
        Assert.Equal(Errno.None, space.Unmap(At(101), 4 * Page.SizeBytes));
        Assert.All([101UL, 102UL, 103UL, 104UL], page => Assert.False(device.Holds(page)));
        Assert.True(space.Move(At(106), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(300)).Succeeded);
        Assert.False(device.Holds(106));
        Assert.Equal(FaultResult.Success, device.Touch(300, AccessRights.Write));
        Assert.Equal(Errno.None, space.Unmap(At(300), Page.SizeBytes));
        Assert.False(device.Holds(300));
        Assert.Equal(0, device.Open);
        Assert.Empty(attached.Violations);
        Assert.Null(attached.Explain(At(999)));
        space.AssertInvariants();
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void After_fork_a_device_does_not_write_to_what_the_child_got(AttachmentKind kind)
    {
        Attachment attachment = Attachment.Of(kind);
        using AddressSpace space = Make(attachment);
        using AttachedMmu attached = attachment.Attach(space);
        using MirrorDevice device = new(attached);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        using AddressSpace child = space.Fork()!;

        // Dropped, or the device's alone: in either case its next store is not the child's.
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        _memory.Bytes(device.FrameOf(100))[0] = 9;
        Assert.Equal(1, child.Load(100));
        Assert.Equal(9, space.Load(100));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_end_of_the_address_space_releases_once_and_refuses_what_follows(AttachmentKind kind)
    {
        Attachment attachment = Attachment.Of(kind);
        AddressSpace space = Make(attachment);
        using AttachedMmu attached = attachment.Attach(space);
        using MirrorDevice device = new(attached);
        space.MapPrivate(100, 2);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        space.Dispose();
        Assert.Equal(1, device.Told.Count(static call => call == "release"));
        Assert.Equal("release", device.Told[^1]);
        Assert.Equal(0, device.Open);
        Assert.Equal(FaultResult.NotMapped, attached.FaultRange(Pages(100, 1), AccessRights.Read, new Translation[1]).Result);
    }

    [Fact]
    public void A_place_wants_its_own_hook_table_and_serves_one_notifier()
    {
        using AddressSpace space = new(_memory);
        Assert.Throws<ArgumentException>(() => Attachment.Of(AttachmentKind.Version2).Attach(space));
        using AttachedMmu attached = Attachment.Of(AttachmentKind.Area).Attach(space);
        using MirrorDevice device = new(attached);
        Assert.Throws<InvalidOperationException>(() => attached.Register((IMmuNotifier)new RecordingNotifier()));
    }

    private AddressSpace Make(Attachment attachment) => new(_memory, new AddressSpaceOptions { Hooks = attachment.Hooks });
}
