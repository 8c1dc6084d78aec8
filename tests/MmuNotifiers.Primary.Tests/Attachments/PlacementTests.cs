using MmuNotifiers.Primary.Tests.Core;
using MmuNotifiers.Synchronization;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>When a callback comes, relative to the change: #v2, v5, v7; and what each placement demands or costs.</summary>
public sealed class PlacementTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);

    public void Dispose()
    {
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void B2_Without_pins_number_2_tells_of_pages_that_are_free()
    {
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.Version2);
        space.MapPrivate(100, 2);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        FrameNumber frame = device.FrameOf(100);
        int generation = _memory.Frames.Generation(frame);
        bool wasFree = false;
        device.OnStart = _ => wasFree = _memory.Frames.Generation(frame) != generation;
        Assert.Equal(Errno.None, space.Unmap(At(100), 2 * Page.SizeBytes));
        Assert.True(wasFree);
        Assert.Equal(1, attached.Statistics.FreedBeforeTold);
        Assert.Contains($"{frame} of page 0x64000 was freed before", Assert.Single(attached.Violations), StringComparison.Ordinal);
        Assert.Equal("Unmap of [0x64000, 0x66000) was told of only when its pages may have been free", attached.Explain(At(101)));
        Close(space, attached, device);
    }

    [Fact]
    public void B2_With_pins_the_same_schedule_is_safe()
    {
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.Version2Pinned);
        space.MapPrivate(100, 2);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        Assert.Equal(1, attached.Statistics.PinnedPages);
        FrameNumber frame = device.FrameOf(100);
        int generation = _memory.Frames.Generation(frame);
        bool wasFree = false;
        device.OnStart = _ => wasFree = _memory.Frames.Generation(frame) != generation;
        Assert.Equal(Errno.None, space.Unmap(At(100), 2 * Page.SizeBytes));
        Assert.False(wasFree);
        Assert.NotEqual(generation, _memory.Frames.Generation(frame));
        Assert.Equal(0, attached.Statistics.PinnedPages);
        Assert.Empty(attached.Violations);
        Close(space, attached, device);
    }

    [Fact]
    public void Number_2_is_told_of_a_single_page_under_the_lock_and_never_of_mprotect_or_fork()
    {
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.Version2);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        using (AddressSpace child = space.Fork()!)
        {
            Assert.Empty(device.Told);
            bool isLocked = false;
            device.OnStart = _ => isLocked = space.IsTableLocked(At(100));
            space.Store(100, 2);
            Assert.Equal(["Clear [0x64000, 0x65000)"], device.Told);
            Assert.True(isLocked);
        }

        device.Forget();
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        Assert.Equal(Errno.None, space.Protect(At(100), Page.SizeBytes, AccessRights.Read));
        Assert.Empty(device.Told);
        Assert.True(device.MayStore(100));
        Assert.Equal("Protect of [0x64000, 0x65000) was not told of", attached.Explain(At(100)));
        Close(space, attached, device);
    }

    [Fact]
    public void V5_tells_of_everything_under_the_lock_before_a_page_is_free()
    {
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.Version5);
        space.MapPrivate(100, 2);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        FrameNumber frame = device.FrameOf(100);
        int generation = _memory.Frames.Generation(frame);
        List<bool> isLockedAndAlive = [];
        device.OnStart = range =>
            isLockedAndAlive.Add(space.IsTableLocked(At(100)) && !range.IsBlockable && _memory.Frames.Generation(frame) == generation);
        Assert.Equal(Errno.None, space.Protect(At(100), Page.SizeBytes, AccessRights.Read));
        space.Fork()!.Dispose();
        Assert.Equal(Errno.None, space.Unmap(At(100), 2 * Page.SizeBytes));
        Assert.True(isLockedAndAlive.Count >= 3, $"mprotect, fork and munmap told {isLockedAndAlive.Count} times");
        Assert.All(isLockedAndAlive, Assert.True);
        Close(space, attached, device);
    }

    [Fact]
    public void Brackets_lie_outside_of_the_lock_and_may_block()
    {
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.AddressSpace);
        SharedLock blocking = new();
        space.MapPrivate(100, 1);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        bool isLocked = true;
        device.OnStart = range =>
        {
            isLocked = space.IsTableLocked(At(100));
            Assert.True(range.IsBlockable);
            using SharedLock.Scope scope = blocking.EnterScope();
        };
        Assert.Equal(Errno.None, space.Unmap(At(100), Page.SizeBytes));
        Assert.False(isLocked);
        Close(space, attached, device);
    }

    [Fact]
    public void B12_A_callback_that_blocks_under_the_page_table_lock_is_an_error_that_names_it()
    {
        Assert.SkipUnless(Checks.AreOn, "The checks are made in debug builds and under a race checker only.");
        (AddressSpace space, AttachedMmu attached, MirrorDevice device) = Make(AttachmentKind.Version5);
        SharedLock blocking = new();
        space.MapPrivate(100, 1);
        Assert.Equal(FaultResult.Success, device.Touch(100, AccessRights.Write));
        device.OnStart = _ => blocking.Enter();
        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => space.Protect(At(100), Page.SizeBytes, AccessRights.Read));
        Assert.Contains($"{typeof(MirrorDevice).FullName}.{nameof(IMmuNotifier.InvalidateRangeStart)}", refused.Message, StringComparison.Ordinal);

        // The lock of the table is free again.
        device.OnStart = null;
        Assert.False(space.IsTableLocked(At(100)));
        Close(space, attached, device);
    }

    [Fact]
    public void Copy_on_write_clears_then_tells_then_sets()
    {
        using AddressSpace space = new(_memory);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        using AddressSpace child = space.Fork()!;
        FrameNumber old = space.FrameAt(100);
        PteWitness witness = new(() => (space.Maps(At(100), old), AnyFrameMapped(space, 100)));
        using TlbSubscription subscription = space.Register(witness);
        space.Store(100, 2);
        (bool mapsOld, bool mapsAny) = Assert.Single(witness.Seen);
        Assert.False(mapsOld);
        Assert.False(mapsAny);
        Assert.NotEqual(old, space.FrameAt(100));
    }

    [Fact]
    public void B18_An_upgrade_flushes_caches_of_rights_and_disturbs_nobody_else()
    {
        using AddressSpace space = new(_memory);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        space.Fork()!.Dispose();
        PteWitness witness = new(static () => default);
        RecordingNotifier notifier = new();
        using TlbSubscription cache = space.Register(witness);
        using NotifierSubscription subscription = space.Register(notifier);
        Assert.Equal(FaultKind.Reuse, space.Access(At(100), AccessRights.Write).Kind);
        Assert.Equal(Pages(100, 1), Assert.Single(witness.Flushed));
        Assert.DoesNotContain(notifier.Calls, static call => call.StartsWith("start", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AccessRights.Read)]
    [InlineData(AccessRights.ReadWrite)]
    [InlineData(AccessRights.None)]
    public void A_change_of_protection_is_announced_with_its_rights_inside_the_bracket_for_a_page_and_for_a_range(AccessRights rights)
    {
        using AddressSpace space = new(_memory);
        RecordingNotifier notifier = new();
        AccessRights before = rights == AccessRights.ReadWrite ? AccessRights.Read : AccessRights.ReadWrite;
        space.MapPrivate(100, 4, before);
        using NotifierSubscription subscription = space.Register(notifier);
        Assert.Equal(Errno.None, space.Protect(At(101), Page.SizeBytes, rights));
        Assert.Equal(
            ["start ProtectionArea [0x65000, 0x66000)", $"protection [0x65000, 0x66000) {rights}", "end ProtectionArea [0x65000, 0x66000)"],
            notifier.Calls);
        notifier.Clear();
        Assert.Equal(Errno.None, space.Protect(At(100), 4 * Page.SizeBytes, rights));
        Assert.Contains($"protection [0x64000, 0x65000) {rights}", notifier.Calls);
        Assert.Contains($"protection [0x66000, 0x68000) {rights}", notifier.Calls);
    }

    private bool AnyFrameMapped(AddressSpace space, ulong page)
    {
        for (ulong frame = 0; frame < (ulong)_memory.FrameCount; frame++)
        {
            if (space.Maps(At(page), new FrameNumber(frame)))
            {
                return true;
            }
        }

        return false;
    }

    private static void Close(AddressSpace space, AttachedMmu attached, MirrorDevice device)
    {
        device.OnStart = null;
        device.Dispose();
        attached.Dispose();
        space.Dispose();
    }

    private (AddressSpace Space, AttachedMmu Attached, MirrorDevice Device) Make(AttachmentKind kind)
    {
        Attachment attachment = Attachment.Of(kind);
        AddressSpace space = new(_memory, new AddressSpaceOptions { Hooks = attachment.Hooks });
        AttachedMmu attached = attachment.Attach(space);
        return (space, attached, new MirrorDevice(attached));
    }
}
