using System.Text;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>What happens to a page on the server is noticed, and costs that page alone.</summary>
public sealed class VerificationTests(SharedServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_gone_is_a_lost_page()
    {
        await using RedisSwapStore store = await FillAsync();
        await TellAsync("DEL", KeyOf(store, 7));
        await AssertOnlySevenAsync(store, SwapOutcome.Lost, "the key is gone");
        Assert.Equal(1, store.Statistics.PagesLost);
    }

    [Fact]
    public async Task An_older_value_is_a_corrupt_page()
    {
        await using RedisSwapStore store = await FillAsync();
        string old = await TellAsync("GET", KeyOf(store, 7));
        await Pages.StoreAsync(store, [7], version: 1);
        await Pages.StoreAsync(store, [7]);
        await TellAsync("SET", KeyOf(store, 7), old);
        await AssertOnlySevenAsync(store, SwapOutcome.Corrupt, "the value is of write 1 instead of 3");
        Assert.Equal(1, store.Statistics.PagesCorrupt);
    }

    [Fact]
    public async Task Another_pages_value_is_a_corrupt_page()
    {
        await using RedisSwapStore store = await FillAsync();
        await TellAsync("SET", KeyOf(store, 7), await TellAsync("GET", KeyOf(store, 8)));
        await AssertOnlySevenAsync(store, SwapOutcome.Corrupt, "the checksum does not fit");
    }

    [Fact]
    public async Task A_flipped_bit_is_a_corrupt_page()
    {
        await using RedisSwapStore store = await FillAsync();
        await TellAsync("SETBIT", KeyOf(store, 7), "20000", (await TellAsync("GETBIT", KeyOf(store, 7), "20000")) == "0" ? "1" : "0");
        await AssertOnlySevenAsync(store, SwapOutcome.Corrupt, "the checksum does not fit");
    }

    [Fact]
    public async Task A_torn_value_is_a_corrupt_page()
    {
        await using RedisSwapStore store = await FillAsync();
        await TellAsync("SET", KeyOf(store, 7), (await TellAsync("GET", KeyOf(store, 7)))[..2048]);
        await AssertOnlySevenAsync(store, SwapOutcome.Corrupt, "the value has 2048 bytes instead of 4112");
    }

    [Fact]
    public async Task A_value_of_another_kind_is_an_error_of_that_page()
    {
        await using RedisSwapStore store = await FillAsync();
        await TellAsync("DEL", KeyOf(store, 7));
        await TellAsync("RPUSH", KeyOf(store, 7), "x");
        await AssertOnlySevenAsync(store, SwapOutcome.IoError, "WRONGTYPE");
    }

    private static async Task AssertOnlySevenAsync(RedisSwapStore store, SwapOutcome outcome, string detail)
    {
        SwapTransfer[] read = await Pages.ReadAsync(store, Enumerable.Range(0, 20).Select(slot => (long)slot));
        Assert.Equal(outcome, read[7].Outcome);
        Assert.Contains($" key {KeyOf(store, 7)}: {detail}", read[7].Detail, StringComparison.Ordinal);
        Assert.All(read.Where(transfer => transfer.Slot != 7), transfer => Assert.True(Pages.Holds(transfer, version: 0)));

        // And it is over with the next write.
        await Pages.StoreAsync(store, [7], version: 5);
        await Pages.AssertHoldsAsync(store, [7], version: 5);
    }

    private static string KeyOf(RedisSwapStore store, long slot) => $"mmun:{{{store.Owner}:{slot / 64}}}:{slot}:0";

    private async Task<RedisSwapStore> FillAsync()
    {
        RedisProcess server = await servers.SingleAsync();
        RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = server.Address }, Stop);
        await Pages.StoreAsync(store, Enumerable.Range(0, 20).Select(slot => (long)slot));
        return store;
    }

    private async Task<string> TellAsync(params string[] command)
    {
        using Client client = await Client.ConnectAsync(await servers.SingleAsync());
        return await client.SendAsync([.. command.Select(Encoding.Latin1.GetBytes)]);
    }
}
