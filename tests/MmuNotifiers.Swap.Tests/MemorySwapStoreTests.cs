namespace MmuNotifiers.Swap.Tests;

public sealed class MemorySwapStoreTests
{
    [Fact]
    public async Task Memory_comes_with_the_first_page_of_a_group_and_is_kept_for_the_next_when_the_last_goes()
    {
        await using MemorySwapStore store = new(1L << 30);
        await store.Write(5, TestPages.Of(5, 0));
        await store.Write(6, TestPages.Of(6, 0));
        Assert.Equal(1 << 20, store.AllocatedBytes);
        store.Discard([5, 5]);
        await store.Write(1L << 29, TestPages.Of(7, 0));
        Assert.Equal(2 << 20, store.AllocatedBytes);
        store.Discard([6]);
        await store.Write(1L << 28, TestPages.Of(8, 0));
        Assert.Equal(2 << 20, store.AllocatedBytes);
        await store.AssertHolds([1L << 29, 1L << 28], slot => TestPages.Of(slot == 1L << 29 ? 7 : 8, 0));
    }

    [Fact]
    public async Task Of_the_memory_of_emptied_groups_16_MiB_are_kept_and_the_rest_goes_back_to_the_system()
    {
        await using MemorySwapStore store = new(1L << 30);
        long[] slots = [.. Enumerable.Range(0, 20).Select(group => group * 256L)];
        await store.Write(slots, slot => TestPages.Of(slot, 0));
        Assert.Equal(20 << 20, store.AllocatedBytes);
        store.Discard(slots);
        Assert.Equal(16 << 20, store.AllocatedBytes);
        await store.Write(slots.AsSpan(0, 18).ToArray(), slot => TestPages.Of(slot, 1));
        Assert.Equal(18 << 20, store.AllocatedBytes);
        await store.AssertHolds(slots.AsSpan(0, 18).ToArray(), slot => TestPages.Of(slot, 1));
    }

    [Fact]
    public async Task Beyond_its_bound_it_has_no_space_and_keeps_what_it_has()
    {
        await using MemorySwapStore store = new(1024, maximumBytes: 2 << 20);
        SwapTransfer[] written = await store.Write([0, 256, 512, 1], slot => TestPages.Of(slot, 0));
        Assert.Equal([SwapOutcome.Success, SwapOutcome.Success, SwapOutcome.NoSpace, SwapOutcome.Success], written.Select(transfer => transfer.Outcome));
        Assert.Contains("slot 512", written[2].Detail, StringComparison.Ordinal);
        store.Discard([256]);
        Assert.Equal(SwapOutcome.Success, (await store.Write(512, TestPages.Of(512, 0))).Outcome);
        await store.AssertHolds([0, 1, 512], slot => TestPages.Of(slot, 0));
    }

    [Fact]
    public void A_store_without_slots_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemorySwapStore(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemorySwapStore(1, 0));
    }
}
