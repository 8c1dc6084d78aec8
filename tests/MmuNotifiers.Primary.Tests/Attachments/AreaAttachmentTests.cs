using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>A subscription that hangs on areas goes with them.</summary>
public sealed class AreaAttachmentTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _space;
    private readonly AttachedMmu _attached;
    private readonly MirrorDevice _device;

    public AreaAttachmentTests()
    {
        _space = new AddressSpace(_memory);
        _attached = Attachment.Of(AttachmentKind.Area).Attach(_space);
        _device = new MirrorDevice(_attached);
    }

    private AttachmentStatistics Statistics => _attached.Statistics;

    public void Dispose()
    {
        Assert.Equal(0, _device.Open);
        _space.AssertInvariants();
        _device.Dispose();
        _attached.Dispose();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void It_hears_of_an_area_from_the_first_translation_on_and_of_no_other()
    {
        _space.MapPrivate(100, 4);
        _space.MapPrivate(200, 4);
        Zap(100, 4);
        Assert.Empty(_device.Told);
        Use(101);
        Zap(200, 4);
        Assert.Empty(_device.Told);
        Zap(100, 4);
        Assert.Equal(["Clear [0x64000, 0x68000)"], _device.Told);
        Assert.Equal((1, 1), (Statistics.Inserts, Statistics.Entries));
    }

    [Fact]
    public void A_registration_over_several_areas_attaches_to_each()
    {
        _space.MapPrivate(100, 2);
        _space.MapPrivate(102, 2, AccessRights.Read);
        _space.MapPrivate(104, 2);
        Translation[] translations = new Translation[6];
        Assert.True(_attached.FaultRange(Pages(100, 6), AccessRights.Read, translations).Succeeded);
        Assert.Equal((3, 3), (Statistics.Inserts, Statistics.AreaLookUps));
        _device.Forget();
        Assert.Equal(Errno.None, _space.Unmap(At(101), 4 * Page.SizeBytes));
        Assert.Equal(
            ["Unmap [0x65000, 0x66000)", "Unmap [0x66000, 0x68000)", "Unmap [0x68000, 0x69000)"], _device.Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_split_leaves_it_on_both_sides_and_on_the_part_that_changed()
    {
        _space.MapPrivate(100, 6);
        Use(100);
        Assert.Equal(Errno.None, _space.Protect(At(102), 2 * Page.SizeBytes, AccessRights.Read));
        Assert.Equal(["ProtectionArea [0x66000, 0x68000)"], _device.Told);
        Assert.Equal((1, 2, 3), (Statistics.Inserts, Statistics.Splits, Statistics.Entries));
        _device.Forget();
        Zap(100, 6);
        Assert.Equal(["Clear [0x64000, 0x66000)", "Clear [0x66000, 0x68000)", "Clear [0x68000, 0x6a000)"], _device.Told);
    }

    [Fact]
    public void A_merge_joins_its_entries()
    {
        _space.MapPrivate(100, 6);
        Use(100);
        Assert.Equal(Errno.None, _space.Protect(At(102), 2 * Page.SizeBytes, AccessRights.Read));
        Assert.Equal(Errno.None, _space.Protect(At(102), 2 * Page.SizeBytes, AccessRights.ReadWrite));
        Assert.Equal((2, 1), (Statistics.Merges, Statistics.Entries));
        _device.Forget();
        Zap(100, 6);
        Assert.Equal(["Clear [0x64000, 0x6a000)"], _device.Told);
    }

    [Fact]
    public void An_area_that_grows_into_a_new_mapping_is_told_of_that_too()
    {
        _space.MapPrivate(100, 2);
        Use(100);
        _space.MapPrivate(102, 2);
        Assert.Equal((1, 1), (Statistics.Merges, Statistics.Entries));
        Use(103);
        Assert.Equal(1, Statistics.Inserts);
        Zap(102, 2);
        Assert.False(_device.Holds(103));
    }

    [Fact]
    public void It_moves_with_its_area()
    {
        _space.MapPrivate(100, 4);
        Use(100);
        Assert.True(_space.Move(At(101), 2 * Page.SizeBytes, 2 * Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(300)).Succeeded);
        Assert.Equal(["Unmap [0x65000, 0x67000)"], _device.Told);
        Assert.Equal((1, 3), (Statistics.Moves, Statistics.Entries));
        _device.Forget();
        Use(300);
        Assert.Equal(1, Statistics.Inserts);
        Zap(300, 2);
        Assert.Equal(["Clear [0x12c000, 0x12e000)"], _device.Told);
        _device.Forget();
        _space.MapPrivate(101, 2, AccessRights.Read);
        Zap(101, 2);
        Assert.Empty(_device.Told);
    }

    [Fact]
    public void What_is_mapped_anew_at_its_addresses_is_another_area()
    {
        _space.MapPrivate(100, 4);
        Use(100);
        _space.MapPrivate(100, 4);
        Assert.Equal(["Unmap [0x64000, 0x68000)"], _device.Told);
        Assert.Equal((1, 0), (Statistics.Removals, Statistics.Entries));
        _device.Forget();
        Zap(100, 4);
        Assert.Empty(_device.Told);
        Use(100);
        Assert.Equal(2, Statistics.Inserts);
    }

    [Fact]
    public void Fork_tells_it_of_the_parents_area_and_gives_the_child_nothing()
    {
        _space.MapPrivate(100, 2);
        _space.MapPrivate(200, 2);
        Use(100);
        _space.Store(200, 1);
        using AddressSpace child = _space.Fork()!;
        Assert.Equal(["ProtectionPage [0x64000, 0x66000)"], _device.Told);
        _device.Forget();
        child.Store(100, 2);
        Assert.Equal(Errno.None, child.Unmap(At(100), 2 * Page.SizeBytes));
        Assert.Empty(_device.Told);
    }

    [Fact]
    public void Apply_to_page_range_looks_areas_up_for_it_and_for_nobody_else()
    {
        using AddressSpace unattached = new(_memory);
        unattached.MapPrivate(100, 2);
        unattached.ApplyToPageRange(Pages(100, 2), static (_, _) => PageAction.Keep);
        Assert.Equal(0, unattached.AreaLookUps);

        _space.MapPrivate(100, 2);
        _space.MapPrivate(102, 2, AccessRights.Read);
        Use(101);
        long before = Statistics.AreaLookUps;
        IMappedArea? area = null;
        _device.OnStart = range => area = range.Area;
        _space.ApplyToPageRange(Pages(100, 4), static (_, _) => PageAction.Clear);
        Assert.Equal(2, Statistics.AreaLookUps - before);
        Assert.Equal(["Clear [0x64000, 0x66000)"], _device.Told);
        Assert.Equal(Pages(100, 2), area!.Range);
        Assert.False(_device.Holds(101));
    }

    [Fact]
    public void Frames_that_are_remapped_drop_what_it_held_and_the_area_is_at_hand()
    {
        _space.MapPrivate(100, 1);
        _space.MapPrivate(300, 1);
        FrameNumber[] lent = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(300, 1), AccessRights.Write, lent));
        Use(100);
        long before = Statistics.AreaLookUps;
        Assert.Equal(Errno.None, _space.RemapFrames(At(100), lent));
        Assert.Equal(["Clear [0x64000, 0x65000)"], _device.Told.Where(static call => call.StartsWith("Clear", StringComparison.Ordinal)));
        Assert.False(_device.Holds(100));
        Assert.Equal(1, Statistics.AreaLookUps - before);
        _space.Unpin(lent);
    }

    [Fact]
    public void Updates_are_told_in_its_areas_only()
    {
        _space.MapPrivate(100, 2);
        _space.MapPrivate(200, 2);
        Use(100);
        _device.Forget();
        _space.Store(201, 1);
        Assert.Empty(_device.Told);
        _space.Store(101, 1);
        Assert.Equal(["update [0x65000, 0x66000) ReadWrite"], _device.Told);
    }

    [Fact]
    public void Its_list_takes_memory_as_long_as_its_areas_live()
    {
        long alone = Statistics.SubscriptionBytes;
        for (ulong area = 0; area < 40; area++)
        {
            _space.MapPrivate(100 + (area * 2), 1);
            Use(100 + (area * 2));
        }

        Assert.Equal(40, Statistics.Entries);
        Assert.True(Statistics.SubscriptionBytes > alone + (40 * 64), $"{alone} then {Statistics.SubscriptionBytes} bytes");
        Assert.Equal(Errno.None, _space.Unmap(At(100), 80 * Page.SizeBytes));
        Assert.Equal(alone, Statistics.SubscriptionBytes);
        Assert.Equal((40, 0), (Statistics.Removals, Statistics.Entries));
    }

    private void Use(ulong page)
    {
        Assert.Equal(FaultResult.Success, _device.Touch(page, AccessRights.Write));
        _device.Forget();
    }

    private void Zap(ulong first, ulong pages) => Assert.Equal(Errno.None, _space.Advise(At(first), pages << Page.Shift, Advice.DontNeed));
}
