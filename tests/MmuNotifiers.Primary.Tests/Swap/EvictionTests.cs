using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Private pages go out and come back.</summary>
public sealed class EvictionTests : SwapTest
{
    [Fact]
    public void An_evicted_page_frees_its_frame_and_comes_back_with_its_bytes()
    {
        MapFilled(16, 3);
        Assert.Equal(4, Memory.FramesInUse);

        Assert.Equal(new EvictionResult(3, 3, 0), Evict(16, 3));

        Assert.Equal(1, Memory.FramesInUse);
        Assert.True(PteAt(16).IsSwap && PteAt(17).IsSwap && PteAt(18).IsSwap);
        AssertInvariants();
        Assert.Equal([1, 2, 3], Bytes(Space, 16, 3));
        Assert.Equal(new AccessResult(FaultResult.Success, FaultKind.None), Space.Access(At(16), AccessRights.Write));
        Assert.Equal(3, Memory.SwapStatistics.Writes);
        Assert.Equal(3, Memory.SwapStatistics.SwapIns);
    }

    [Fact]
    public void Neighbouring_pages_get_neighbouring_slots_one_bracket_and_one_write()
    {
        MapFilled(16, 8);
        RecordingNotifier notifier = new();
        using NotifierSubscription subscription = Space.Register(notifier);
        FrameNumber[] shuffled = [.. new ulong[] { 21, 16, 23, 19, 17, 22, 18, 20 }.Select(page => PteAt(page).Frame)];

        Assert.Equal(8, Eviction.Evict(shuffled, EvictionReason.Pressure).FreedPages);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Assert.Single(Store.Writes));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), Enumerable.Range(0, 8).Select(i => PteAt(16 + (ulong)i).SwapEntry.Slot));
        string bracket = new InvalidationRange(Pages(16, 8), InvalidationEvent.Clear).ToString();
        Assert.Equal(2, notifier.Calls.Count);
        Assert.StartsWith("start " + bracket, notifier.Calls[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_is_written_only_when_no_bracket_is_open_and_nobody_maps_the_page()
    {
        MapFilled(16, 1);
        int open = 0;
        RecordingNotifier notifier = new() { OnStart = _ => open++, OnEnd = _ => open-- };
        using NotifierSubscription subscription = Space.Register(notifier);
        int openAtWrite = -1;
        Store.BeforeWrite = () =>
        {
            openAtWrite = open;
            Assert.True(PteAt(16).IsSwap);
            return Task.CompletedTask;
        };

        Evict(16);

        Assert.Equal(0, openAtWrite);
    }

    [Fact]
    public void A_page_that_came_back_and_was_not_written_goes_out_without_a_write()
    {
        MapFilled(16, 1);
        Evict(16);
        Assert.Equal(1, Space.Load(16));

        Assert.Equal(new EvictionResult(1, 0, 0), Evict(16));

        Assert.Single(Store.Writes);
        Assert.Equal(1, Memory.SwapStatistics.CleanEvictions);
        Assert.Equal(1, Space.Load(16));
        Space.Store(16, 9);
        Assert.Equal(new EvictionResult(1, 1, 0), Evict(16));
        Assert.Equal(9, Space.Load(16));
    }

    [Fact]
    public void A_store_through_a_translation_that_a_load_brought_in_is_not_lost()
    {
        MapFilled(16, 1);
        Evict(16);
        Assert.Equal(FaultKind.SwapIn, Space.Access(At(16), AccessRights.Read).Kind);
        Assert.Equal(FaultKind.None, Space.Access(At(16), AccessRights.Write).Kind);
        Space.Store(16, 42);

        Assert.Equal(new EvictionResult(1, 1, 0), Evict(16));

        Assert.Equal(42, Space.Load(16));
    }

    [Fact]
    public void A_page_that_a_store_brings_in_gives_its_slot_back()
    {
        MapFilled(16, 1);
        Evict(16);

        Assert.Equal(FaultKind.SwapIn, Space.Access(At(16), AccessRights.Write).Kind);

        Assert.False(Memory.Frames.Has(PteAt(16).Frame, FrameFlags.SwapCached));
        Assert.True(PteAt(16).IsExclusive);
        AssertInvariants();
    }

    [Fact]
    public void What_a_device_says_inside_the_bracket_counts()
    {
        MapFilled(16, 1);
        Evict(16);
        Assert.Equal(1, Space.Load(16));
        FrameNumber frame = PteAt(16).Frame;
        RecordingNotifier device = new()
        {
            OnStart = _ =>
            {
                Memory.Bytes(frame)[0] = 77;
                Space.MarkDirty(frame);
            },
        };
        using NotifierSubscription subscription = Space.Register(device);

        Assert.Equal(new EvictionResult(1, 1, 0), Evict(16));

        device.OnStart = null;
        Assert.Equal(77, Space.Load(16));
    }

    [Fact]
    public void Pages_of_zeroes_go_without_the_store_and_come_back_as_such()
    {
        Space.MapPrivate(16, 2);
        Space.Store(16, 0);
        Space.Store(17, 5);

        Assert.Equal(2, Evict(16, 2).FreedPages);

        Assert.Single(Assert.Single(Store.Writes));
        Assert.Equal([0, 5], Bytes(Space, 16, 2));
        Assert.Single(Assert.Single(Store.Reads));
        Assert.Equal(1, Memory.SwapStatistics.ZeroEvictions);
    }

    [Fact]
    public void A_page_that_was_zeroes_and_is_not_any_more_is_written()
    {
        Space.MapPrivate(16, 1);
        Space.Store(16, 0);
        Evict(16);
        Assert.Equal(0, Space.Load(16));
        Space.Store(16, 8);
        Evict(16);
        Assert.Equal(8, Space.Load(16));
    }

    [Fact]
    public void Pinned_pages_stay()
    {
        MapFilled(16, 1);
        FrameNumber[] pins = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, Space.Pin(Pages(16, 1), AccessRights.Write, pins));

        Assert.Equal(Held(1), Evict(16));
        Assert.True(PteAt(16).IsPresent);

        Space.Unpin(pins);
        Assert.Equal(1, Evict(16).FreedPages);
    }

    [Fact]
    public void Locked_pages_stay()
    {
        MapFilled(16, 2);
        Assert.Equal(Errno.None, Space.Lock(At(16), Page.SizeBytes));

        Assert.Equal(1, Evict(16, 2).FreedPages);

        Assert.True(PteAt(16).IsPresent);
        Assert.True(PteAt(17).IsSwap);
        Assert.Equal(Errno.None, Space.Unlock(At(16), Page.SizeBytes));
        Assert.Equal(1, Evict(16).FreedPages);
        Assert.Equal(Errno.None, Space.Lock(At(16), 2 * Page.SizeBytes));
        Assert.True(PteAt(16).IsPresent && PteAt(17).IsPresent);
    }

    [Fact]
    public void A_page_that_somebody_else_holds_stays()
    {
        MapFilled(16, 1);
        FrameNumber frame = PteAt(16).Frame;
        Memory.Frames.Get(frame);

        Assert.Equal(default, Evict(16));
        Assert.True(PteAt(16).IsPresent);

        Memory.Put(frame);
        Assert.Equal(1, Evict(16).FreedPages);
    }

    [Fact]
    public void A_pin_that_comes_inside_the_bracket_keeps_the_page()
    {
        MapFilled(16, 1);
        FrameNumber[] pins = new FrameNumber[1];
        bool pinned = false;
        RecordingNotifier notifier = new()
        {
            OnStart = _ => pinned = pinned || Space.Pin(Pages(16, 1), AccessRights.Write, pins) == FaultResult.Success,
        };
        using (Space.Register(notifier))
        {
            Assert.Equal(default, Evict(16));
        }

        Assert.True(pinned && PteAt(16).IsPresent);
        AssertInvariants();
        Space.Unpin(pins);
    }

    [Fact]
    public void A_page_of_a_huge_page_goes_alone()
    {
        using PhysicalMemory memory = new(2048, FreedFrames.Poisoned, new ReclaimOptions { Swap = Store, LowWatermarkPages = 0 });
        using (AddressSpace space = new(memory))
        {
            space.MapPrivate(1024, 512);
            space.Store(1024, 1);
            space.Store(1030, 7);
            Assert.Equal(Errno.None, space.Advise(At(1024), LeafTable.SpanBytes, Advice.Collapse));
            FrameNumber frame = PteAt(space, 1030).Frame;

            Assert.Equal(1, new PageEviction(memory).Evict([frame], EvictionReason.Pressure).FreedPages);

            Assert.True(PteAt(space, 1030).IsSwap && PteAt(space, 1029).IsPresent);
            AssertInvariants(memory);
            Assert.Equal([1, 7], [space.Load(1024), space.Load(1030)]);
        }

        Assert.Equal(1, memory.FramesInUse);
    }

    [Fact]
    public void Pages_that_a_device_has_for_itself_stay()
    {
        MapFilled(16, 1);
        FrameNumber[] frames = new FrameNumber[1];
        Assert.True(Space.MakeExclusive(Pages(16, 1), this, frames).Succeeded);

        Assert.Equal(default, Evict(16));

        Assert.Equal(PteKind.DeviceExclusive, PteAt(16).Kind);
        Assert.Equal(1, Space.Load(16));
        Assert.Equal(1, Evict(16).FreedPages);
        Assert.True(Space.MakeExclusive(Pages(16, 1), this, frames).Succeeded);
        Assert.Equal(1, Space.Load(16));
    }

    [Fact]
    public void Lazily_freed_pages_go_without_a_write_and_come_back_as_zeroes()
    {
        MapFilled(16, 2);
        Assert.Equal(Errno.None, Space.Advise(At(16), 2 * Page.SizeBytes, Advice.Free));
        Space.Store(17, 9);

        Assert.Equal(new EvictionResult(1, 0, 0), Evict(16));
        Assert.Equal(new EvictionResult(1, 1, 0), Evict(17));

        Assert.True(PteAt(16).IsNone);
        Assert.Equal([0, 9], Bytes(Space, 16, 2));
        Assert.Equal(1, Memory.SwapStatistics.LazyFrees);
    }

    [Fact]
    public void A_device_that_wrote_to_a_lazily_freed_page_keeps_it()
    {
        MapFilled(16, 1);
        Assert.Equal(Errno.None, Space.Advise(At(16), Page.SizeBytes, Advice.Free));
        FrameNumber frame = PteAt(16).Frame;
        RecordingNotifier device = new() { OnStart = _ => Space.MarkDirty(frame) };
        using (Space.Register(device))
        {
            Assert.Equal(default, Evict(16));
            Assert.Equal(new EvictionResult(1, 1, 0), Evict(16));
        }

        Assert.Equal(1, Space.Load(16));
    }

    [Fact]
    public void Lazy_freeing_takes_evicted_pages_at_once()
    {
        MapFilled(16, 2);
        Evict(16, 2);
        Assert.Equal(1, Space.Load(16));

        Assert.Equal(Errno.None, Space.Advise(At(16), 2 * Page.SizeBytes, Advice.Free));

        Assert.True(PteAt(17).IsNone);
        Assert.Equal(new EvictionResult(1, 0, 0), Evict(16));
        Assert.Equal([0, 0], Bytes(Space, 16, 2));
    }

    [Fact]
    public void Without_a_store_nothing_goes()
    {
        using PhysicalMemory memory = new(64, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(16, 1);
        space.Store(16, 1);
        FrameNumber frame = PteAt(space, 16).Frame;

        Assert.Equal(Held(1), new PageEviction(memory).Evict([frame, PhysicalMemory.ZeroFrame, new FrameNumber(50)], EvictionReason.Pressure));

        Assert.Equal(1, space.Load(16));
    }

    [Fact]
    public void Frames_that_are_free_or_stale_hints_do_no_harm()
    {
        MapFilled(16, 2);
        FrameNumber[] hints = [.. Enumerable.Range(0, 256).Select(number => new FrameNumber((ulong)number))];

        Assert.Equal(2, Eviction.Evict(hints, EvictionReason.Background).FreedPages);

        Assert.Equal([1, 2], Bytes(Space, 16, 2));
    }

    [Fact]
    public void A_full_store_lets_clean_pages_give_up_their_slots()
    {
        using TestSwapFixture small = new(slots: 4);
        AddressSpace space = small.Space;
        space.MapPrivate(16, 8);
        for (ulong page = 16; page < 24; page++)
        {
            space.Store(page, (byte)page);
        }

        Assert.Equal(4, small.Evict(16, 8).FreedPages);
        Assert.Equal(Held(4), small.Evict(16, 8));
        ulong[] swapped = [.. Enumerable.Range(16, 8).Select(page => (ulong)page).Where(page => PteAt(space, page).IsSwap)];
        Assert.Equal(4, swapped.Length);
        Assert.All(swapped, page => Assert.Equal((byte)page, space.Load(page)));
        ulong other = Enumerable.Range(16, 8).Select(page => (ulong)page).First(page => !swapped.Contains(page));

        Assert.Equal(1, small.Evict(other).FreedPages);

        AssertInvariants(small.Memory);
        Assert.All(Enumerable.Range(16, 8), page => Assert.Equal((byte)page, space.Load((ulong)page)));
    }

    /// <summary>Nothing happened but that so many pages were seen to be kept.</summary>
    private static EvictionResult Held(int pages) => new(FreedPages: 0, WrittenPages: 0, FailedPages: 0, pages);
}
