using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class MergeTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(256, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public MergeTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void Equal_pages_come_to_share_one_frame()
    {
        AddressRange range = MapMergeable(_space, 16, 4, 7, 8, 7, 7);
        Assert.Equal(3, _space.MergeEqualPages(range));
        Assert.Equal(3, _memory.FramesInUse);
        Assert.Equal([_space.FrameAt(16), _space.FrameAt(16)], [_space.FrameAt(18), _space.FrameAt(19)]);
        Assert.Equal([7, 8, 7, 7], [_space.Load(16), _space.Load(17), _space.Load(18), _space.Load(19)]);
        Assert.Equal(0, _space.MergeEqualPages(range));
    }

    [Fact]
    public void A_store_to_a_merged_page_makes_a_copy_even_if_nobody_shares_it_any_more()
    {
        AddressRange range = MapMergeable(_space, 16, 2, 7, 7);
        Assert.Equal(2, _space.MergeEqualPages(range));
        Assert.Equal(FaultKind.CopyOnWrite, _space.Access(At(16), AccessRights.Write).Kind);
        Assert.Equal(FaultKind.CopyOnWrite, _space.Access(At(17), AccessRights.Write).Kind);
        _space.Store(17, 9);
        Assert.Equal([7, 9], [_space.Load(16), _space.Load(17)]);
        Assert.Equal(3, _memory.FramesInUse);
    }

    [Fact]
    public void Pages_of_two_address_spaces_merge_once_both_were_looked_at()
    {
        using AddressSpace other = new(_memory);
        MapMergeable(_space, 16, 1, 7);
        MapMergeable(other, 40, 1, 7);
        Assert.Equal(0, _space.MergeEqualPages(Pages(16, 1)));
        Assert.Equal(2, other.MergeEqualPages(Pages(40, 1)));
        Assert.Equal(_space.FrameAt(16), other.FrameAt(40));
        _space.Store(16, 9);
        Assert.Equal(7, other.Load(40));
        other.AssertInvariants();
    }

    [Fact]
    public void A_third_page_joins_those_that_are_merged()
    {
        using AddressSpace other = new(_memory);
        MapMergeable(_space, 16, 2, 7, 7);
        MapMergeable(other, 40, 1, 7);
        Assert.Equal(2, _space.MergeEqualPages(Pages(16, 2)));
        Assert.Equal(1, other.MergeEqualPages(Pages(40, 1)));
        Assert.Equal(_space.FrameAt(16), other.FrameAt(40));
        Assert.Equal(3, ReverseMapping.Find(_memory, _space.FrameAt(16)).Count);
    }

    [Fact]
    public void A_merged_page_is_found_by_the_reverse_mapping_after_fork_and_move_and_can_migrate()
    {
        MapMergeable(_space, 16, 2, 7, 7);
        Assert.Equal(2, _space.MergeEqualPages(Pages(16, 2)));
        using AddressSpace child = _space.Fork()!;
        Assert.True(child.Move(At(17), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(60)).Succeeded);
        FrameNumber before = child.FrameAt(60);
        Assert.Equal(4, ReverseMapping.Find(_memory, before).Count);
        Assert.Equal(new MigrationResult(1, 0), child.Migrate(Pages(60, 1)));
        FrameNumber after = _space.FrameAt(16);
        Assert.NotEqual(before, after);
        Assert.Equal([after, after, after], [_space.FrameAt(17), child.FrameAt(16), child.FrameAt(60)]);
        Assert.Equal([7, 7], [_space.Load(17), child.Load(60)]);
        child.AssertInvariants();
    }

    [Fact]
    public void Only_private_pages_of_mergeable_areas_that_are_not_pinned_are_merged()
    {
        MapMergeable(_space, 16, 2, 7, 7);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(16, 1), AccessRights.Write, pinned));
        Assert.Equal(1, _space.MergeEqualPages(Pages(16, 2)));
        Assert.Equal(pinned[0], _space.FrameAt(16));
        _space.Unpin(pinned);
        _space.MapPrivate(30, 2);
        _space.Store(30, 5);
        _space.Store(31, 5);
        Assert.Equal(0, _space.MergeEqualPages(Pages(30, 2)));
    }

    [Fact]
    public void Unmergeable_pages_get_frames_of_their_own()
    {
        AddressRange range = MapMergeable(_space, 16, 2, 7, 7);
        Assert.Equal(2, _space.MergeEqualPages(range));
        Assert.Equal(Errno.None, _space.Advise(range.Start, range.LengthBytes, Advice.Unmergeable));
        Assert.NotEqual(_space.FrameAt(16), _space.FrameAt(17));
        Assert.Equal(FaultKind.None, AccessAfterFirst(16));
        Assert.Equal(0, _space.MergeEqualPages(range));
    }

    [Fact]
    public void A_page_that_a_device_writes_while_it_is_told_is_not_merged()
    {
        MapMergeable(_space, 16, 2, 7, 7);
        FrameNumber mine = _space.FrameAt(16);
        RecordingNotifier notifier = new();
        notifier.OnStart = range =>
        {
            if (range.Range == Pages(16, 1))
            {
                _memory.Bytes(mine)[0] = 9;
            }
        };
        using (_space.Register(notifier))
        {
            Assert.Equal(1, _space.MergeEqualPages(Pages(16, 2)));
        }

        Assert.Equal([9, 7], [_space.Load(16), _space.Load(17)]);
    }

    [Fact]
    public void The_bracket_covers_the_page_from_before_it_loses_write_permission_until_it_is_replaced()
    {
        MapMergeable(_space, 16, 2, 7, 7);
        FrameNumber before = _space.FrameAt(17);
        RecordingNotifier notifier = new();
        FrameNumber atStart = default;
        FrameNumber atEnd = default;
        notifier.OnStart = range => atStart = range.Range == Pages(17, 1) ? _space.FrameAt(17) : atStart;
        notifier.OnEnd = range => atEnd = range.Range == Pages(17, 1) ? _space.FrameAt(17) : atEnd;
        using (_space.Register(notifier))
        {
            Assert.Equal(2, _space.MergeEqualPages(Pages(16, 2)));
        }

        Assert.Equal(before, atStart);
        Assert.Equal(_space.FrameAt(17), atEnd);
        Assert.NotEqual(before, atEnd);
        Assert.Equal(4, notifier.Calls.Count(static call => !call.StartsWith("update", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_known_of_merged_pages_goes_with_their_address_spaces()
    {
        for (byte i = 0; i < 3; i++)
        {
            using AddressSpace space = new(_memory);
            MapMergeable(space, 16, 2, 7, 7);
            Assert.Equal(2, space.MergeEqualPages(Pages(16, 2)));
        }

        Assert.Empty(_memory.Merging.Merged(MergeTable.Hash(Filled(7))));
    }

    private static byte[] Filled(byte value)
    {
        byte[] page = new byte[Page.SizeBytes];
        page[0] = value;
        return page;
    }

    private static AddressRange MapMergeable(AddressSpace space, ulong first, ulong count, params byte[] values)
    {
        AddressRange range = space.MapPrivate(first, count);
        Assert.Equal(Errno.None, space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
        for (int i = 0; i < values.Length; i++)
        {
            space.Store(first + (ulong)i, values[i]);
        }

        return range;
    }

    private FaultKind AccessAfterFirst(ulong page)
    {
        _space.Access(At(page), AccessRights.Write);
        return _space.Access(At(page), AccessRights.Write).Kind;
    }
}
