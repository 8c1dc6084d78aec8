using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Slots, and areas that are only read.</summary>
public sealed class SwapSpaceTests : SwapTest
{
    [Fact]
    public void An_entry_holds_area_and_slot()
    {
        SwapEntry entry = new(255, SwapEntry.MaxSlots - 1);
        Assert.Equal((255, SwapEntry.MaxSlots - 1), (entry.Area, entry.Slot));
        Assert.Equal(entry, SwapEntry.Of(entry.Value));
        Assert.Equal(entry, Pte.Present(new FrameNumber(3), AccessRights.ReadWrite).Exclusive().SoftDirty().ForSwap(entry).SwapEntry);
        Assert.Equal("swap 1:17", new SwapEntry(1, 17).ToString());
    }

    [Fact]
    public void Slots_taken_together_are_neighbours_and_every_slot_is_given_once()
    {
        HashSet<SwapEntry> all = [];
        SwapEntry[] batch = new SwapEntry[32];
        for (int round = 0; round < 4096 / 32; round++)
        {
            Assert.Equal(32, Memory.Swap.Allocate(batch));
            Assert.Equal(31, batch[^1].Slot - batch[0].Slot);
            Assert.All(batch, entry => Assert.True(all.Add(entry)));
        }

        Assert.False(Memory.Swap.TryAllocate(out _));
        Assert.All(all, Memory.Swap.Drop);
        Assert.True(Memory.Swap.TryAllocate(out SwapEntry again));
        Memory.Swap.Drop(again);
    }

    [Fact]
    public void Scattered_free_slots_are_found()
    {
        SwapEntry[] all = new SwapEntry[4096];
        Assert.Equal(4096, Memory.Swap.Allocate(all));
        SwapEntry[] some = [.. all.Where(static entry => entry.Slot % 37 == 5)];
        Assert.All(some, Memory.Swap.Drop);
        SwapEntry[] found = new SwapEntry[some.Length + 1];

        Assert.Equal(some.Length, Memory.Swap.Allocate(found));

        Assert.Equal(some, found[..^1].OrderBy(static entry => entry.Slot));
        Assert.All(all, Memory.Swap.Drop);
    }

    [Fact]
    public void A_freed_slot_is_not_taken_again_before_the_store_was_told()
    {
        Assert.True(Memory.Swap.TryAllocate(out SwapEntry first));
        Memory.Swap.Drop(first);
        Assert.Empty(Store.Discards);
        SwapEntry[] rest = new SwapEntry[4096];

        Assert.Equal(4096, Memory.Swap.Allocate(rest));

        Assert.Equal([first.Slot], Store.Discards);
        Assert.All(rest, Memory.Swap.Drop);
    }

    [Fact]
    public void Pages_of_an_area_that_is_only_read_come_in_and_go_without_a_write()
    {
        (int area, TestSwapStore snapshot) = MapSnapshot();

        Assert.Equal([101, 102, 103], Bytes(Space, 16, 3));
        Assert.Equal(3, Evict(16, 3).FreedPages);

        Assert.Empty(Store.Writes);
        Assert.Empty(snapshot.Writes);
        Assert.Equal(new SwapEntry(area, 0), PteAt(16).SwapEntry);
        Assert.Equal([101, 102, 103], Bytes(Space, 16, 3));
    }

    [Fact]
    public void A_dirtied_page_of_an_area_that_is_only_read_gets_a_slot_of_its_own()
    {
        (_, TestSwapStore snapshot) = MapSnapshot();
        Assert.Equal([101, 102, 103], Bytes(Space, 16, 3));
        Space.Store(17, 7);
        AddressSpace child = Space.Fork()!;

        Assert.Equal(3, Evict(16, 3).FreedPages);

        Assert.Single(Assert.Single(Store.Writes));
        Assert.Empty(snapshot.Writes);
        Assert.Equal((1, 0, 1), (PteAt(16).SwapEntry.Area, PteAt(17).SwapEntry.Area, PteAt(18).SwapEntry.Area));
        Assert.Equal([101, 7, 103], Bytes(Space, 16, 3));
        Assert.Equal([101, 7, 103], Bytes(child, 16, 3));
    }

    [Fact]
    public void What_a_device_dirties_inside_the_bracket_does_not_go_back_to_an_area_that_is_only_read()
    {
        MapSnapshot();
        Assert.Equal(102, Space.Load(17));
        FrameNumber frame = PteAt(17).Frame;
        Core.RecordingNotifier device = new()
        {
            OnStart = _ =>
            {
                Memory.Bytes(frame)[0] = 55;
                Space.MarkDirty(frame);
            },
        };
        using (Space.Register(device))
        {
            Assert.Equal(default, Evict(17));
        }

        AssertInvariants();
        Assert.Equal(55, Space.Load(17));
        Assert.Equal(new EvictionResult(1, 1, 0), Evict(17));
        Assert.Equal(55, Space.Load(17));
    }

    /// <summary>Three pages whose bytes are in a store that is only read, as a snapshot would have them.</summary>
    private (int Area, TestSwapStore Store) MapSnapshot()
    {
        TestSwapStore snapshot = new(slotCount: 3);
        int area = Memory.Swap.AddArea(snapshot, SwapAreaKind.ReadOnly);
        Core.Spaces.MapPrivate(Space, 16, 3);
        for (int page = 0; page < 3; page++)
        {
            snapshot.Put(page, (byte)(101 + page));
            SwapEntry entry = new(area, page);
            Memory.Swap.AddFirstReference(entry);
            Space.LoadSwapped(At(16 + (ulong)page), entry);
        }

        return (area, snapshot);
    }
}
