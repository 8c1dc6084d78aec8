namespace MmuNotifiers.Swap.Tests;

public sealed class FaultInjectingSwapStoreTests
{
    private const int Count = 2000;

    [Fact]
    public async Task The_same_seed_fails_the_same_transfers_in_whatever_order()
    {
        SwapFaultOptions options = new() { Seed = 7, FailedWrites = 0.1, FullWrites = 0.1, FailedReads = 0.2, TornWrites = 0.1, LostWrites = 0.1 };
        Assert.Equal(await Run(options, Slots), await Run(options, Slots.Reverse()));
        Assert.NotEqual(await Run(options, Slots), await Run(options with { Seed = 8 }, Slots));
    }

    [Fact]
    public async Task Each_fault_happens_as_often_as_was_asked_and_is_told()
    {
        await using FaultInjectingSwapStore store = new(new MemorySwapStore(Count), new SwapFaultOptions
        {
            FailedWrites = 0.05, FullWrites = 0.1, TornWrites = 0.15, LostWrites = 0.2, FailedReads = 0.1, UnavailableReads = 0.2,
        });
        SwapTransfer[] written = await store.Write(Slots, slot => TestPages.Of(slot, 0));
        SwapTransfer[] read = await store.Read(Slots);
        SwapFaultStatistics statistics = store.Statistics;
        Assert.Equal(statistics.FailedWrites, written.Count(transfer => transfer.Outcome == SwapOutcome.IoError));
        Assert.Equal(statistics.FullWrites, written.Count(transfer => transfer.Outcome == SwapOutcome.NoSpace));
        Assert.Equal(statistics.FailedReads, read.Count(transfer => transfer.Outcome == SwapOutcome.IoError));
        Assert.Equal(statistics.UnavailableReads, read.Count(transfer => transfer.Outcome == SwapOutcome.Unavailable));
        Assert.Equal(statistics.LostWrites, read.Count(transfer => transfer.Outcome == SwapOutcome.Lost));
        AssertNear(0.05, statistics.FailedWrites);
        AssertNear(0.1, statistics.FullWrites);
        AssertNear(0.15, statistics.TornWrites);
        AssertNear(0.2, statistics.LostWrites);
        Assert.All(
            read.Where(transfer => transfer.Outcome == SwapOutcome.Success),
            transfer => Assert.True(transfer.Bytes.Span.SequenceEqual(TestPages.Of(transfer.Slot, 0))));
        Assert.All(read.Where(transfer => transfer.Outcome != SwapOutcome.Success), transfer => Assert.NotNull(transfer.Detail));

        static void AssertNear(double rate, long count) => Assert.InRange(count, Count * rate * 0.7, Count * rate * 1.3);
    }

    [Fact]
    public async Task A_torn_slot_is_corrupt_until_it_is_written_again_or_discarded()
    {
        await using FaultInjectingSwapStore store = new(new MemorySwapStore(4), new SwapFaultOptions { TornWrites = 1 });
        Assert.Equal(SwapOutcome.Success, (await store.Write(1, TestPages.Of(1, 0))).Outcome);
        Assert.Equal(SwapOutcome.Corrupt, (await store.Read(1)).Outcome);
        Assert.Equal(SwapOutcome.Corrupt, (await store.Read(1)).Outcome);
        store.Discard([1]);
        Assert.Equal(SwapOutcome.Lost, (await store.Read(1)).Outcome);
    }

    [Fact]
    public async Task A_slow_batch_completes_later_and_can_be_cancelled()
    {
        await using FaultInjectingSwapStore store = new(
            new MemorySwapStore(4), new SwapFaultOptions { SlowTransfers = 1, Delay = TimeSpan.FromHours(1) });
        using CancellationTokenSource cancellation = new();
        SwapTransfer[] transfers = [new(0, TestPages.Of(0, 0))];
        ValueTask write = store.WriteAsync(transfers, cancellation.Token);
        Assert.False(write.IsCompleted);
        await cancellation.CancelAsync();
        await write;
        Assert.Equal((SwapOutcome.Unavailable, 1), (transfers[0].Outcome, store.Statistics.SlowTransfers));
    }

    [Fact]
    public void Rates_beyond_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new FaultInjectingSwapStore(new MemorySwapStore(1), new SwapFaultOptions { FailedWrites = 0.6, TornWrites = 0.6 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new FaultInjectingSwapStore(new MemorySwapStore(1), new SwapFaultOptions { FailedReads = double.NaN }));
    }

    private static IEnumerable<long> Slots => Enumerable.Range(0, Count).Select(slot => (long)slot);

    private static async Task<SwapOutcome[]> Run(SwapFaultOptions options, IEnumerable<long> slots)
    {
        await using FaultInjectingSwapStore store = new(new MemorySwapStore(Count), options);
        List<SwapTransfer> all = [];
        foreach (long slot in slots)
        {
            all.Add(await store.Write(slot, TestPages.Of(slot, 0)));
            all.Add(await store.Read(slot));
            all.Add(await store.Read(slot));
        }

        return [.. all.OrderBy(transfer => transfer.Slot).Select(transfer => transfer.Outcome)];
    }
}
