namespace MmuNotifiers.Swap.Tests;

public sealed class CompressedSwapStoreTests
{
    private const long Bound = CompressedSwapStore.LeastMaximumBytes;

    [Fact]
    public async Task A_page_of_one_word_takes_no_memory()
    {
        await using CompressedSwapStore store = new(Bound);
        byte[] page = new byte[Page.SizeBytes];
        page.AsSpan().Fill(0x42);
        await store.Write(Slots(200), _ => page);
        await store.AssertHolds(Slots(200), _ => page);
        Assert.Equal(new CompressedSwapStatistics { FilledPages = 200 }, store.Statistics);
    }

    [Fact]
    public async Task A_page_that_differs_in_its_last_byte_is_not_taken_for_one_word()
    {
        await using CompressedSwapStore store = new(Bound);
        byte[] page = new byte[Page.SizeBytes];
        page[^1] = 1;
        await store.Write(0, page);
        await store.AssertHolds([0], _ => page);
        Assert.Equal((0, 1), (store.Statistics.FilledPages, store.Statistics.PackedPages));
    }

    [Fact]
    public async Task Memory_stays_below_the_bound_and_the_oldest_pages_go_to_the_store_behind()
    {
        GatedSwapStore behind = new(new MemorySwapStore(1000));
        await using CompressedSwapStore store = new(Bound, behind);
        for (long slot = 0; slot < 300; slot++)
        {
            Assert.Equal(SwapOutcome.Success, (await store.Write(slot, TestPages.Packable(slot))).Outcome);
            Assert.InRange(store.Statistics.AllocatedBytes, 1, Bound);
        }

        CompressedSwapStatistics statistics = store.Statistics;
        Assert.Equal(300, statistics.PackedPages + statistics.WrittenBackPages);
        Assert.InRange(statistics.PackedPages, 20, 60);
        long[] writtenBack = [.. behind.Writes.SelectMany(slots => slots)];
        Assert.Equal(Slots(writtenBack.Length), writtenBack);
        await store.AssertHolds(Slots(300), slot => TestPages.Packable(slot));
        Assert.Equal(0, behind.Collisions);
    }

    [Fact]
    public async Task A_page_that_does_not_pack_goes_straight_to_the_store_behind()
    {
        GatedSwapStore behind = new(new MemorySwapStore(1000));
        await using CompressedSwapStore store = new(Bound, behind);
        await store.Write([1, 2, 3, 4], slot => slot % 2 == 0 ? TestPages.Random(slot) : TestPages.Packable(slot));
        Assert.Equal([[2, 4]], behind.Writes);
        Assert.Equal((2, 2), (store.Statistics.PassedThroughPages, store.Statistics.PackedPages));
        await store.AssertHolds([4, 3, 2, 1], slot => slot % 2 == 0 ? TestPages.Random(slot) : TestPages.Packable(slot));
        store.Discard([1, 2]);
        Assert.Equal([2], behind.Discarded);
    }

    [Fact]
    public async Task Alone_and_full_it_has_no_space_until_pages_go()
    {
        await using CompressedSwapStore store = new(Bound);
        SwapTransfer[] written = await store.Write(Slots(200), slot => TestPages.Packable(slot));
        long[] stored = [.. written.Where(transfer => transfer.Outcome == SwapOutcome.Success).Select(transfer => transfer.Slot)];
        Assert.InRange(stored.Length, 30, 64);
        Assert.All(written[stored.Length..], transfer => Assert.Equal(SwapOutcome.NoSpace, transfer.Outcome));
        await store.AssertHolds(stored, slot => TestPages.Packable(slot));

        // Every second one leaves: the holes are used, and what stayed moves unharmed.
        long[] even = [.. stored.Where(slot => slot % 2 == 0)];
        store.Discard(even);
        SwapTransfer[] more = await store.Write(Slots(15).Select(slot => slot + 200), slot => TestPages.Packable(slot));
        Assert.All(more, transfer => Assert.Equal(SwapOutcome.Success, transfer.Outcome));
        await store.AssertHolds(stored.Except(even), slot => TestPages.Packable(slot));
        await store.AssertHolds(Slots(15).Select(slot => slot + 200), slot => TestPages.Packable(slot));
    }

    [Fact]
    public async Task Alone_it_keeps_a_page_that_does_not_pack()
    {
        await using CompressedSwapStore store = new(Bound);
        await store.Write(0, TestPages.Random(0));
        await store.AssertHolds([0], slot => TestPages.Random(slot));
    }

    [Fact]
    public async Task Slots_that_are_written_over_and_over_need_no_store_behind()
    {
        GatedSwapStore behind = new(new MemorySwapStore(1000));
        await using CompressedSwapStore store = new(Bound, behind);
        for (int version = 0; version < 100; version++)
        {
            await store.Write(Slots(16), slot => TestPages.Packable(slot, version));
        }

        await store.AssertHolds(Slots(16), slot => TestPages.Packable(slot, 99));
        Assert.Empty(behind.Writes);
        store.Discard([.. Slots(16)]);
        Assert.Equal((0, 0), (store.Statistics.PackedPages, store.Statistics.PackedBytes));
    }

    [Fact]
    public async Task A_store_behind_that_refuses_loses_no_page()
    {
        GatedSwapStore behind = new(new MemorySwapStore(1000)) { OnWrite = static _ => SwapOutcome.IoError };
        await using CompressedSwapStore store = new(Bound, behind);
        SwapTransfer[] written = await store.Write(Slots(200), slot => TestPages.Packable(slot));
        long[] stored = [.. written.Where(transfer => transfer.Outcome == SwapOutcome.Success).Select(transfer => transfer.Slot)];
        Assert.InRange(stored.Length, 30, 64);
        Assert.All(written[stored.Length..], transfer => Assert.Equal((SwapOutcome.IoError, "as the test says"), (transfer.Outcome, transfer.Detail)));
        await store.AssertHolds(stored, slot => TestPages.Packable(slot));
        Assert.True(store.Statistics.FailedWriteBackPages > 0);

        behind.OnWrite = slot => slot % 10 == 0 ? SwapOutcome.NoSpace : SwapOutcome.Success;
        written = await store.Write(Slots(200), slot => TestPages.Packable(slot, 1));
        Assert.All(written, transfer => Assert.Equal(SwapOutcome.Success, transfer.Outcome));
        await store.AssertHolds(Slots(200), slot => TestPages.Packable(slot, 1));
    }

    [Fact]
    public async Task A_slot_that_is_written_anew_while_its_old_page_is_written_back_keeps_the_new_one()
    {
        TaskCompletionSource gate = new();
        GatedSwapStore behind = new(new MemorySwapStore(1000));
        await using CompressedSwapStore store = new(Bound, behind);
        (Task<SwapTransfer> writer, long[] old) = await WriteUntilWriteBack(store, behind, gate);

        // One is written anew and packs, one does not pack, one is discarded, one stays.
        store.Discard([old[0], old[1], old[2]]);
        Assert.Equal(SwapOutcome.Lost, (await store.Read(old[0])).Outcome);
        byte[] filled = new byte[Page.SizeBytes];
        Assert.Equal(SwapOutcome.Success, (await store.Write(old[0], filled)).Outcome);
        Task<SwapTransfer> passing = store.Write(old[1], TestPages.Random(old[1]));
        Assert.False(passing.IsCompleted);
        await store.AssertHolds([old[3]], slot => TestPages.Packable(slot));
        gate.SetResult();
        Assert.Equal(SwapOutcome.Success, (await writer).Outcome);
        Assert.Equal(SwapOutcome.Success, (await passing).Outcome);
        await store.AssertHolds([old[0]], _ => filled);
        await store.AssertHolds([old[1]], slot => TestPages.Random(slot));
        Assert.Equal(SwapOutcome.Lost, (await store.Read(old[2])).Outcome);
        await store.AssertHolds([old[3]], slot => TestPages.Packable(slot));
        Assert.Contains(old[0], behind.Discarded);
        Assert.Contains(old[2], behind.Discarded);
        Assert.Equal(0, behind.Collisions);
    }

    [Fact]
    public async Task A_cancelled_wait_for_room_leaves_the_page_unavailable()
    {
        TaskCompletionSource gate = new();
        GatedSwapStore behind = new(new MemorySwapStore(1000));
        await using CompressedSwapStore store = new(Bound, behind);
        (Task<SwapTransfer> writer, _) = await WriteUntilWriteBack(store, behind, gate);
        using CancellationTokenSource cancellation = new();
        SwapTransfer[] transfers = [new(900, TestPages.Packable(900))];
        ValueTask waiting = store.WriteAsync(transfers, cancellation.Token);
        await cancellation.CancelAsync();
        await waiting;
        Assert.Equal(SwapOutcome.Unavailable, transfers[0].Outcome);
        gate.SetResult();
        Assert.Equal(SwapOutcome.Success, (await writer).Outcome);
    }

    [Fact]
    public async Task What_fits_allocates_nothing()
    {
        await using CompressedSwapStore store = new(1 << 20, new MemorySwapStore(1000));
        SwapTransfer[] transfers = [.. Slots(32).Select(slot => new SwapTransfer(slot, TestPages.Packable(slot)))];
        for (int round = 0; round < 3; round++)
        {
            Transfer();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Transfer();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Transfer()
        {
            StoreExtensions.AssertIsDone(store.WriteAsync(transfers));
            StoreExtensions.AssertIsDone(store.ReadAsync(transfers));
        }
    }

    [Fact]
    public void A_bound_below_64_KiB_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new CompressedSwapStore(Bound - 1));

    /// <summary>Writes pages until one waits for the store behind, which waits for the gate; tells which pages are on their way there.</summary>
    private static async Task<(Task<SwapTransfer> Writer, long[] Old)> WriteUntilWriteBack(
        CompressedSwapStore store, GatedSwapStore behind, TaskCompletionSource gate)
    {
        behind.Gate = gate.Task;
        for (long slot = 0; ; slot++)
        {
            Task<SwapTransfer> writer = store.Write(slot, TestPages.Packable(slot));
            if (!writer.IsCompleted)
            {
                return (writer, behind.Writes[0]);
            }

            Assert.Equal(SwapOutcome.Success, (await writer).Outcome);
        }
    }

    private static IEnumerable<long> Slots(int count) => Enumerable.Range(0, count).Select(slot => (long)slot);
}
