namespace MmuNotifiers.Swap.Tests;

/// <summary>What every store keeps.</summary>
public sealed class SwapStoreContractTests
{
    private const int Slots = 600;

    public static TheoryData<string> Stores { get; } =
        ["memory:4MiB", "file:PATH?size=4MiB", "file:PATH?size=4MiB&direct=true", "lz4:4MiB", "lz4+memory:4MiB?compressed=64KiB", "lz4+file:PATH?size=4MiB&compressed=64KiB"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_was_written_last_is_read(string text)
    {
        using TemporaryFile file = new();
        await using ISwapStore store = await Open(text, file);
        for (int version = 0; version < 3; version++)
        {
            SwapTransfer[] written = await store.Write(Range(0, Slots), slot => TestPages.Of(slot, version));
            Assert.All(written, transfer => Assert.Equal((SwapOutcome.Success, null), (transfer.Outcome, transfer.Detail)));
            await store.AssertHolds(Range(0, Slots), slot => TestPages.Of(slot, version));
        }

        await store.AssertHolds(Range(0, Slots).Reverse(), slot => TestPages.Of(slot, 2));
        await store.AssertHolds([5, 6, 7, 100, 101, 599, 3], slot => TestPages.Of(slot, 2));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_slot_that_was_never_written_or_was_discarded_is_lost(string text)
    {
        using TemporaryFile file = new();
        await using ISwapStore store = await Open(text, file);
        Assert.Equal(SwapOutcome.Lost, (await store.Read(7)).Outcome);
        await store.Write(Range(0, Slots), slot => TestPages.Of(slot, 0));
        store.Discard([.. Range(10, 300)]);
        SwapTransfer[] read = await store.Read(Range(0, Slots));
        Assert.All(read, transfer => Assert.Equal(transfer.Slot is >= 10 and < 310 ? SwapOutcome.Lost : SwapOutcome.Success, transfer.Outcome));
        Assert.Contains("slot", read[10].Detail, StringComparison.Ordinal);
        await store.Write(Range(0, 20), slot => TestPages.Of(slot, 1));
        await store.AssertHolds(Range(0, 20), slot => TestPages.Of(slot, 1));
        await store.AssertHolds(Range(310, 200), slot => TestPages.Of(slot, 0));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Wrong_use_is_refused_before_anything_is_done(string text)
    {
        using TemporaryFile file = new();
        ISwapStore store = await Open(text, file);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Write(store.SlotCount, new byte[Page.SizeBytes]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Read(-1));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Write(0, new byte[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Discard([store.SlotCount]));
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Write(0, new byte[Page.SizeBytes]));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Read(0));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Pages_need_not_lie_on_page_boundaries(string text)
    {
        using TemporaryFile file = new();
        await using ISwapStore store = await Open(text, file);
        byte[] bytes = new byte[3 * Page.SizeBytes];
        TestPages.Random(1).CopyTo(bytes, 13);
        TestPages.Packable(2).CopyTo(bytes, 13 + Page.SizeBytes);
        await store.WriteAsync(Transfers(), TestContext.Current.CancellationToken);
        bytes.AsSpan().Clear();
        await store.ReadAsync(Transfers(), TestContext.Current.CancellationToken);
        Assert.Equal(TestPages.Random(1), bytes[13..(13 + Page.SizeBytes)]);
        Assert.Equal(TestPages.Packable(2), bytes[(13 + Page.SizeBytes)..(13 + (2 * Page.SizeBytes))]);

        SwapTransfer[] Transfers() => [new(1, bytes.AsMemory(13, Page.SizeBytes)), new(2, bytes.AsMemory(13 + Page.SizeBytes, Page.SizeBytes))];
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Threads_that_use_slots_of_their_own_do_not_meet(string text)
    {
        using TemporaryFile file = new();
        await using ISwapStore store = await Open(text, file);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            long[] mine = [.. Range(0, Slots).Where(slot => slot / 3 % 4 == worker)];
            for (int version = 0; version < 20; version++)
            {
                await store.Write(mine, slot => TestPages.Of(slot, version));
                await store.AssertHolds(mine, slot => TestPages.Of(slot, version));
                store.Discard(mine);
            }
        })));
    }

    private static async Task<ISwapStore> Open(string text, TemporaryFile file) => await new SwapStoreCatalog().OpenAsync(
        text.Replace("PATH", file.Path, StringComparison.Ordinal), TestContext.Current.CancellationToken);

    private static IEnumerable<long> Range(int first, int count) => Enumerable.Range(first, count).Select(slot => (long)slot);
}
