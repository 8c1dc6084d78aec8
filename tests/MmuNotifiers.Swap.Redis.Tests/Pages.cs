namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>Pages that say which slot and version they are of in every byte.</summary>
internal static class Pages
{
    public const int Bytes = 4096;

    public static byte[] Of(long slot, int version = 0)
    {
        byte[] bytes = new byte[Bytes];
        new Random(HashCode.Combine(slot, version)).NextBytes(bytes);
        return bytes;
    }

    public static async Task<SwapTransfer[]> WriteAsync(ISwapStore store, IEnumerable<long> slots, int version = 0)
    {
        SwapTransfer[] transfers = [.. slots.Select(slot => new SwapTransfer(slot, Of(slot, version)))];
        await store.WriteAsync(transfers, TestContext.Current.CancellationToken);
        AssertSettled(transfers);
        return transfers;
    }

    public static async Task<SwapTransfer[]> ReadAsync(ISwapStore store, IEnumerable<long> slots)
    {
        SwapTransfer[] transfers = [.. slots.Select(slot => new SwapTransfer(slot, new byte[Bytes]))];
        await store.ReadAsync(transfers, TestContext.Current.CancellationToken);
        AssertSettled(transfers);
        return transfers;
    }

    public static async Task StoreAsync(ISwapStore store, IEnumerable<long> slots, int version = 0) =>
        AssertAll(SwapOutcome.Success, await WriteAsync(store, slots, version));

    /// <summary>Asserts that slots hold a version of their pages.</summary>
    public static async Task AssertHoldsAsync(ISwapStore store, IEnumerable<long> slots, int version = 0)
    {
        SwapTransfer[] read = await ReadAsync(store, slots);
        AssertAll(SwapOutcome.Success, read);
        foreach (SwapTransfer transfer in read)
        {
            Assert.True(Holds(transfer, version), $"slot {transfer.Slot} came back with other bytes");
        }
    }

    public static bool Holds(SwapTransfer transfer, int version) => transfer.Bytes.Span.SequenceEqual(Of(transfer.Slot, version));

    public static void AssertAll(SwapOutcome outcome, IEnumerable<SwapTransfer> transfers)
    {
        foreach (SwapTransfer transfer in transfers)
        {
            Assert.True(transfer.Outcome == outcome, $"slot {transfer.Slot} ended as {transfer.Outcome}, not {outcome}: {transfer.Detail}");
        }
    }

    /// <summary>The law of every store: a page ends in an outcome, and a detail in one line says why, or nothing on success.</summary>
    private static void AssertSettled(SwapTransfer[] transfers)
    {
        foreach (SwapTransfer transfer in transfers)
        {
            Assert.NotEqual(SwapOutcome.Pending, transfer.Outcome);
            if (transfer.Outcome == SwapOutcome.Success)
            {
                Assert.Null(transfer.Detail);
            }
            else
            {
                Assert.Matches(@"^redis \S+ key \S+: [^\r\n]+$", transfer.Detail);
            }
        }
    }
}
