namespace MmuNotifiers.Swap.Tests;

/// <summary>Single transfers, for tests.</summary>
internal static class StoreExtensions
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<SwapTransfer> Write(this ISwapStore store, long slot, byte[] page)
    {
        SwapTransfer[] transfers = [new SwapTransfer(slot, page)];
        await store.WriteAsync(transfers, Token);
        return transfers[0];
    }

    internal static async Task<SwapTransfer[]> Write(this ISwapStore store, IEnumerable<long> slots, Func<long, byte[]> pageOf)
    {
        SwapTransfer[] transfers = [.. slots.Select(slot => new SwapTransfer(slot, pageOf(slot)))];
        await store.WriteAsync(transfers, Token);
        return transfers;
    }

    internal static async Task<SwapTransfer> Read(this ISwapStore store, long slot) => (await store.Read([slot]))[0];

    internal static async Task<SwapTransfer[]> Read(this ISwapStore store, IEnumerable<long> slots)
    {
        SwapTransfer[] transfers = [.. slots.Select(slot => new SwapTransfer(slot, new byte[Page.SizeBytes]))];
        await store.ReadAsync(transfers, Token);
        return transfers;
    }

    internal static async Task AssertHolds(this ISwapStore store, IEnumerable<long> slots, Func<long, byte[]> pageOf)
    {
        foreach (SwapTransfer transfer in await store.Read(slots))
        {
            Assert.True(transfer.Outcome == SwapOutcome.Success, $"slot {transfer.Slot}: {transfer.Outcome} {transfer.Detail}");
            Assert.True(transfer.Bytes.Span.SequenceEqual(pageOf(transfer.Slot)), $"slot {transfer.Slot} has other bytes than were written");
        }
    }

    /// <summary>That a transfer completed on the caller's thread.</summary>
    internal static void AssertIsDone(ValueTask transfer) => Assert.True(transfer.IsCompletedSuccessfully);
}
