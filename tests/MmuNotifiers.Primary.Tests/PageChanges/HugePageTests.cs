using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class HugePageTests : IDisposable
{
    private const ulong Huge = 512;
    private const ulong Bytes = Huge * Page.SizeBytes;
    private const ulong First = 2 * Huge;

    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public HugePageTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void Collapse_puts_the_pages_side_by_side_and_keeps_their_contents()
    {
        MapAndCollapse();
        Assert.Equal([7, 0, 9], [_space.Load(First), _space.Load(First + 1), _space.Load(First + Huge - 1)]);
        FrameNumber first = _space.FrameAt(First);
        Assert.Equal(0UL, first.Value % Huge);
        Assert.Equal(first.Value + Huge - 1, _space.FrameAt(First + Huge - 1).Value);
        Assert.Equal(1 + (long)Huge, _memory.FramesInUse);
        _space.AssertInvariants();
    }

    [Fact]
    public void A_huge_page_is_read_written_translated_and_pinned_without_a_fault_or_a_split()
    {
        MapAndCollapse();
        Assert.Equal(FaultKind.None, _space.Access(At(First + 3), AccessRights.Write).Kind);
        _space.Store(First + 3, 5);
        Assert.Equal(5, _space.Load(First + 3));
        Translation[] translation = new Translation[1];
        Assert.True(_space.FaultRange(Pages(First + 4, 1), AccessRights.Write, translation).Succeeded);
        Assert.Equal(_space.FrameAt(First).Value + 4, translation[0].Frame.Value);
        Assert.Equal(AccessRights.ReadWrite, translation[0].Rights);
        FrameNumber[] pinned = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(First + 4, 1), AccessRights.Write, pinned));
        Assert.Equal(translation[0].Frame, pinned[0]);
        _space.Unpin(pinned);
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = _space.Register(notifier);
        Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
        Assert.Empty(notifier.Calls);
    }

    [Fact]
    public void The_bracket_of_a_collapse_covers_two_mebibytes_and_the_small_pages_are_freed_after_its_end()
    {
        _space.MapPrivate(First, Huge);
        _space.Store(First + 1, 7);
        FrameNumber old = _space.FrameAt(First + 1);
        int generation = _memory.Frames.Generation(old);
        RecordingNotifier notifier = new();
        notifier.OnStart = _ => Assert.Equal(old, _space.FrameAt(First + 1));
        notifier.OnEnd = _ => Assert.Equal(generation, _memory.Frames.Generation(old));
        using (_space.Register(notifier))
        {
            Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
        }

        string bracket = new InvalidationRange(Pages(First, Huge), InvalidationEvent.Clear).ToString();
        Assert.Equal([$"start {bracket}", $"end {bracket}"], notifier.Calls.Where(static call => !call.StartsWith("update", StringComparison.Ordinal)));
        Assert.Equal(generation + 1, _memory.Frames.Generation(old));
    }

    public static TheoryData<string> Splits => ["unmap", "discard", "protect", "free", "fork", "move", "guard", "apply", "soft-dirty", "migrate", "exclusive", "cold"];

    [Theory]
    [MemberData(nameof(Splits))]
    public void What_gives_a_part_another_fate_splits_the_huge_page_under_a_bracket_of_two_mebibytes(string operation)
    {
        MapAndCollapse();
        FrameNumber last = _space.FrameAt(First + Huge - 1);
        RecordingNotifier notifier = new();
        using (_space.Register(notifier))
        {
            Perform(operation, At(First + 8));
        }

        string split = new InvalidationRange(Pages(First, Huge), InvalidationEvent.Clear).ToString();
        Assert.Contains($"start {split}", notifier.Calls);
        Assert.Contains($"end {split}", notifier.Calls);
        Assert.Equal(last, _space.FrameAt(First + Huge - 1));
        Assert.Equal([7, 9], [_space.Load(First), _space.Load(First + Huge - 1)]);
        _space.AssertInvariants();
    }

    [Fact]
    public void After_a_split_and_a_store_the_pages_collapse_again()
    {
        MapAndCollapse();
        Perform("protect", At(First + 8));
        Assert.Equal(Errno.EINVAL, _space.Advise(At(First), Bytes, Advice.Collapse));
        Assert.Equal(Errno.None, _space.Protect(At(First + 8), Page.SizeBytes, AccessRights.ReadWrite));
        _space.Store(First + 8, 3);
        Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
        Assert.Equal([7, 3, 9], [_space.Load(First), _space.Load(First + 8), _space.Load(First + Huge - 1)]);
    }

    [Fact]
    public void Pages_that_parent_and_child_share_are_copied_into_the_huge_page_of_one_of_them()
    {
        _space.MapPrivate(First, Huge);
        _space.Store(First, 7);
        using AddressSpace child = _space.Fork()!;
        Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
        _space.Store(First, 8);
        Assert.Equal([8, 7], [_space.Load(First), child.Load(First)]);
        Assert.NotEqual(_space.FrameAt(First), child.FrameAt(First));
        child.AssertInvariants();
    }

    [Fact]
    public void Only_whole_two_mebibytes_of_private_anonymous_memory_collapse()
    {
        using SharedMemoryObject target = new(_memory, Bytes);
        _space.MapPrivate(First, Huge - 1);
        Assert.Equal(Errno.EINVAL, _space.Advise(At(First), Bytes - Page.SizeBytes, Advice.Collapse));
        _space.MapObject(4 * Huge, Huge, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));
        Assert.Equal(Errno.EINVAL, _space.Advise(At(4 * Huge), Bytes, Advice.Collapse));
        _space.MapPrivate(6 * Huge, Huge);
        Assert.Equal(Errno.None, _space.Advise(At(6 * Huge), Bytes, Advice.NoHugePage));
        Assert.Equal(Errno.EINVAL, _space.Advise(At(6 * Huge), Bytes, Advice.Collapse));
        Assert.Equal(Errno.None, _space.Advise(At(6 * Huge), Bytes, Advice.HugePage));
        Assert.Equal(Errno.None, _space.Advise(At(6 * Huge), Bytes, Advice.Collapse));
        Assert.Equal(Errno.None, _space.Unmap(At(4 * Huge), Bytes));
    }

    [Fact]
    public void A_pinned_page_a_guard_and_a_devices_own_page_hinder_a_collapse_and_nobody_is_told()
    {
        _space.MapPrivate(First, Huge);
        FrameNumber[] frames = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(Pages(First, 1), AccessRights.Write, frames));
        RecordingNotifier notifier = new();
        using (_space.Register(notifier))
        {
            Assert.Equal(Errno.EAGAIN, _space.Advise(At(First), Bytes, Advice.Collapse));
            Assert.Empty(notifier.Calls);
        }

        _space.Unpin(frames);
        Assert.Equal(Errno.None, _space.Advise(At(First), Page.SizeBytes, Advice.GuardInstall));
        Assert.Equal(Errno.EAGAIN, _space.Advise(At(First), Bytes, Advice.Collapse));
        Assert.Equal(Errno.None, _space.Advise(At(First), Page.SizeBytes, Advice.GuardRemove));
        Assert.True(_space.MakeExclusive(Pages(First, 1), this, frames).Succeeded);
        Assert.Equal(Errno.EAGAIN, _space.Advise(At(First), Bytes, Advice.Collapse));
        _space.Load(First);
        Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
    }

    [Fact]
    public void Without_512_free_frames_side_by_side_there_is_no_collapse_and_with_them_freed_ones_are_used_again()
    {
        using PhysicalMemory small = new(2 * (long)Huge, FreedFrames.Poisoned);
        using AddressSpace space = new(small);
        space.MapPrivate(First, 2 * Huge);
        space.Store(First, 7);
        Assert.Equal(Errno.None, space.Advise(At(First), Bytes, Advice.Collapse));
        Assert.Equal(Errno.ENOMEM, space.Advise(At(First + Huge), Bytes, Advice.Collapse));
        Assert.Equal(Errno.None, space.Advise(At(First), Bytes, Advice.DontNeed));
        Assert.Equal(1, small.FramesInUse);
        Assert.Equal(Errno.None, space.Advise(At(First + Huge), Bytes, Advice.Collapse));
        Assert.Equal(1 + (long)Huge, small.FramesInUse);
        Assert.Equal(0, space.Load(First + Huge));
        Assert.True(space.Write(At(First), new byte[Page.SizeBytes * ((int)Huge - 1)]).Succeeded);
        Assert.Equal(2 * (long)Huge, small.FramesInUse);
        Assert.False(small.TryAllocate(out _));
    }

    [Fact]
    public void Loads_and_stores_go_on_while_pages_collapse_and_split()
    {
        const int Stores = 20_000;
        _space.MapPrivate(First, Huge);
        using CancellationTokenSource done = new();
        Thread mover = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                _space.Advise(At(First), Bytes, Advice.Collapse);
                _space.Advise(At(First + 100), Page.SizeBytes, Advice.DontNeed);
            }
        });
        mover.Start();
        for (int i = 0; i < Stores; i++)
        {
            ulong page = First + (ulong)(i % 64);
            _space.Store(page, (byte)i);
            Assert.Equal((byte)i, _space.Load(page));
        }

        done.Cancel();
        mover.Join();
    }

    private void MapAndCollapse()
    {
        _space.MapPrivate(First, Huge);
        _space.Store(First, 7);
        _space.Load(First + 1);
        _space.Store(First + Huge - 1, 9);
        Assert.Equal(Errno.None, _space.Advise(At(First), Bytes, Advice.Collapse));
    }

    private void Perform(string operation, VirtualAddress page)
    {
        AddressRange range = AddressRange.OfPage(page);
        switch (operation)
        {
            case "unmap":
                Assert.Equal(Errno.None, _space.Unmap(page, Page.SizeBytes));
                break;
            case "discard":
                Assert.Equal(Errno.None, _space.Advise(page, Page.SizeBytes, Advice.DontNeed));
                break;
            case "protect":
                Assert.Equal(Errno.None, _space.Protect(page, Page.SizeBytes, AccessRights.Read));
                break;
            case "free":
                Assert.Equal(Errno.None, _space.Advise(page, Page.SizeBytes, Advice.Free));
                break;
            case "cold":
                Assert.Equal(Errno.None, _space.Advise(page, Page.SizeBytes, Advice.Cold));
                break;
            case "guard":
                Assert.Equal(Errno.None, _space.Advise(page, Page.SizeBytes, Advice.GuardInstall));
                break;
            case "fork":
                _space.Fork()!.Dispose();
                break;
            case "move":
                Assert.True(_space.Move(page, Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(8 * Huge)).Succeeded);
                break;
            case "apply":
                _space.ApplyToPageRange(range, static (_, _) => PageAction.Clear);
                break;
            case "soft-dirty":
                _space.ClearSoftDirty(range);
                break;
            case "migrate":
                Assert.Equal(new MigrationResult(1, 0), _space.Migrate(range));
                break;
            default:
                Assert.True(_space.MakeExclusive(range, this, new FrameNumber[1]).Succeeded);
                break;
        }
    }
}
