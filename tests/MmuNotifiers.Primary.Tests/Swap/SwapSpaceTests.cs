namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Slots: who holds them, and which are free.</summary>
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
}
