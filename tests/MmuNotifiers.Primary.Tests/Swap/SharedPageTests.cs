using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Pages that parent and children share, before they are evicted or after; and merged ones.</summary>
public sealed class SharedPageTests : SwapTest
{
    [Fact]
    public void A_page_that_parent_and_children_share_leaves_all_of_them()
    {
        MapFilled(16, 2);
        AddressSpace child = Space.Fork()!;
        AddressSpace grandchild = child.Fork()!;

        Assert.Equal(new EvictionResult(2, 2, 0), Evict(16, 2));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.Equal(3, Memory.Swap.References(PteAt(16).SwapEntry));
        Assert.All(new[] { Space, child, grandchild }, space => Assert.Equal([1, 2], Bytes(space, 16, 2)));
        Assert.Single(Store.Writes);
        AssertInvariants();
    }

    [Fact]
    public void What_one_brings_in_is_found_by_all()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);

        Assert.Equal(1, child.Load(16));
        Assert.Equal(1, Space.Load(16));

        Assert.Single(Store.Reads);
        Assert.Equal(child.FrameAt(16), Space.FrameAt(16));
        Assert.Equal(2, Memory.FramesInUse);
        Assert.Equal(1, Memory.SwapStatistics.CacheHits);
        AssertInvariants();
    }

    [Fact]
    public void A_store_by_one_of_several_makes_a_copy_and_the_others_see_what_was()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);

        Assert.Equal(FaultKind.CopyOnWrite, child.Access(At(16), AccessRights.Write).Kind);
        child.Store(16, 9);

        Assert.Equal(9, child.Load(16));
        Assert.Equal(1, Space.Load(16));
        AssertInvariants();
        Assert.Equal(2, Evict(child, 16).FreedPages + Evict(16).FreedPages);
        Assert.Equal([9, 1], [child.Load(16), Space.Load(16)]);
    }

    [Fact]
    public void A_page_that_was_evicted_before_the_fork_is_shared_after_it()
    {
        MapFilled(16, 1);
        Evict(16);
        Assert.True(PteAt(16).IsSwapExclusive);

        AddressSpace child = Space.Fork()!;

        Assert.False(PteAt(16).IsSwapExclusive || PteAt(child, 16).IsSwapExclusive);
        Assert.Equal(2, Memory.Swap.References(PteAt(16).SwapEntry));
        Assert.Equal(1, Space.Load(16));
        Assert.False(PteAt(16).IsWritable);
        Space.Store(16, 7);
        Assert.Equal([7, 1], [Space.Load(16), child.Load(16)]);
        Assert.Single(Store.Reads);
        AssertInvariants();
    }

    [Fact]
    public void The_last_user_of_a_page_gets_it_for_itself()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);
        child.Dispose();

        Assert.Equal(FaultKind.SwapIn, Space.Access(At(16), AccessRights.Write).Kind);

        Assert.True(PteAt(16).IsExclusive);
        Assert.Equal(1, Space.Load(16));
        Assert.Equal(2, Memory.FramesInUse);
    }

    [Fact]
    public void The_last_user_of_a_page_that_is_mapped_already_writes_without_a_copy()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);
        Assert.Equal(1, Space.Load(16));
        child.Dispose();

        Assert.Equal(FaultKind.Reuse, Space.Access(At(16), AccessRights.Write).Kind);

        Assert.Equal(2, Memory.FramesInUse);
        AssertInvariants();
    }

    [Fact]
    public void A_page_that_some_map_and_others_have_evicted_goes_again_as_a_whole()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Evict(16);
        Assert.Equal(1, Space.Load(16));

        Assert.Equal(new EvictionResult(1, 0, 0), Evict(16));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.Equal([1, 1], [child.Load(16), Space.Load(16)]);
    }

    [Fact]
    public void A_fork_inside_the_bracket_keeps_the_page_in_memory()
    {
        MapFilled(16, 1);
        AddressSpace? child = null;
        RecordingNotifier notifier = new();
        notifier.OnStart = range =>
        {
            if (range.Event == InvalidationEvent.Clear)
            {
                child ??= Space.Fork();
            }
        };
        using (Space.Register(notifier))
        {
            Assert.Equal(default, Evict(16));
        }

        Assert.NotNull(child);
        AssertInvariants();
        Assert.Equal([1, 1], [child.Load(16), Space.Load(16)]);
        Space.Store(16, 5);
        Assert.Equal([1, 5], [child.Load(16), Space.Load(16)]);
        Assert.Equal(2, Evict(16).FreedPages + Evict(child, 16).FreedPages);
        Assert.Equal([1, 5], [child.Load(16), Space.Load(16)]);
    }

    [Fact]
    public void Pages_at_different_addresses_go_and_come()
    {
        MapFilled(16, 1);
        AddressSpace child = Space.Fork()!;
        Assert.True(child.Move(At(16), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(90)).Succeeded);

        Assert.Equal(1, Evict(16).FreedPages);

        Assert.Equal([1, 1], [child.Load(90), Space.Load(16)]);
        Assert.Equal(child.FrameAt(90), Space.FrameAt(16));
    }

    [Fact]
    public void Merged_pages_go_from_all_their_addresses()
    {
        AddressRange range = Space.MapPrivate(16, 3);
        Assert.Equal(Errno.None, Space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
        for (ulong page = 16; page < 19; page++)
        {
            Space.Store(page, 7);
        }

        Assert.Equal(3, Space.MergeEqualPages(range));

        Assert.Equal(new EvictionResult(1, 1, 0), Evict(16));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.Equal([7, 7, 7], Bytes(Space, 16, 3));
        Space.Store(17, 8);
        Assert.Equal([7, 8, 7], Bytes(Space, 16, 3));
        AssertInvariants();
    }

    [Fact]
    public void A_merged_page_that_is_still_in_memory_is_mapped_merged()
    {
        AddressRange range = Space.MapPrivate(16, 2);
        Assert.Equal(Errno.None, Space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
        Space.Store(16, 7);
        Space.Store(17, 7);
        Assert.Equal(2, Space.MergeEqualPages(range));
        FrameNumber frame = PteAt(16).Frame;
        Store.WriteOutcome = static _ => SwapOutcome.NoSpace;
        Assert.Equal(new EvictionResult(0, 0, 1), Evict(16));

        Assert.Equal([frame, frame], [Space.FrameAt(16), Space.FrameAt(17)]);
        Space.Store(16, 9);
        Assert.Equal([9, 7], Bytes(Space, 16, 2));
        AssertInvariants();
    }

    [Fact]
    public void A_merged_page_that_was_read_in_by_one_is_copied_for_the_others()
    {
        AddressRange range = Space.MapPrivate(16, 2);
        Assert.Equal(Errno.None, Space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
        Space.Store(16, 7);
        Space.Store(17, 7);
        Assert.Equal(2, Space.MergeEqualPages(range));
        Evict(16);

        Assert.Equal([7, 7], Bytes(Space, 16, 2));

        Assert.NotEqual(Space.FrameAt(16), Space.FrameAt(17));
        Assert.Single(Store.Reads);
        AssertInvariants();
    }
}
