using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class SpaceTests
{
    private static readonly long[] TooMany = [.. Enumerable.Range(0, 6400).Select(slot => (long)slot)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_server_refuses_pages_as_no_space_and_keeps_those_that_it_has()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync("--maxmemory", "12mb", "--maxmemory-policy", "noeviction");
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = server.Address }, Stop);
        SwapTransfer[] written = await Pages.WriteAsync(store, TooMany);
        long[] stored = [.. written.Where(transfer => transfer.Outcome == SwapOutcome.Success).Select(transfer => transfer.Slot)];
        SwapTransfer[] refused = [.. written.Where(transfer => transfer.Outcome != SwapOutcome.Success)];
        Assert.NotEmpty(stored);
        Pages.AssertAll(SwapOutcome.NoSpace, refused);
        Assert.Contains($"redis {server.Address} key ", refused[0].Detail, StringComparison.Ordinal);
        Assert.Contains("OOM command not allowed", refused[0].Detail, StringComparison.Ordinal);
        await Pages.AssertHoldsAsync(store, stored);

        // A page that was there keeps its old content when the new one finds no space.
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("CONFIG", "SET", "maxmemory", "2mb");
        Pages.AssertAll(SwapOutcome.NoSpace, await Pages.WriteAsync(store, stored[..10], version: 1));
        await Pages.AssertHoldsAsync(store, stored[..10]);
        await client.SendAsync("CONFIG", "SET", "maxmemory", "12mb");

        // And others fit when pages leave.
        store.Discard(stored.AsSpan()[1..]);
        await Eventually.HoldsAsync("there is space again", async () =>
            (await Pages.WriteAsync(store, [refused[0].Slot], version: 2))[0].Outcome == SwapOutcome.Success);
        await Pages.AssertHoldsAsync(store, [refused[0].Slot], version: 2);
    }

    [Fact]
    public async Task A_server_that_evicts_costs_the_pages_that_it_evicted_and_no_others()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync("--maxmemory", "12mb", "--maxmemory-policy", "allkeys-lru");
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = server.Address }, Stop);
        await Pages.StoreAsync(store, TooMany);
        SwapTransfer[] read = await Pages.ReadAsync(store, TooMany);
        Assert.Contains(read, transfer => transfer.Outcome == SwapOutcome.Lost);
        Assert.Contains(read, transfer => transfer.Outcome == SwapOutcome.Success);
        Assert.All(read, transfer => Assert.True(
            transfer.Outcome == SwapOutcome.Success ? Pages.Holds(transfer, version: 0) : transfer.Outcome == SwapOutcome.Lost, transfer.Detail));
    }
}
