using System.Globalization;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class OwnershipTests
{
    private static readonly long[] Slots = [.. Enumerable.Range(0, 500).Select(slot => (long)slot)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposing_leaves_no_key_on_any_node()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using (RedisSwapStore store = await ConnectAsync(cluster.Configuration))
        {
            await Pages.StoreAsync(store, Slots);
            store.Discard(Slots.AsSpan()[100..150]);
            await Pages.StoreAsync(store, Slots.Take(120), version: 1);
            Assert.True((await cluster.CountKeysAsync()).Min() > 0);
        }

        long[] left = await cluster.CountKeysAsync();
        Assert.Equal([0, 0, 0], left);
    }

    [Fact]
    public async Task Disposing_removes_what_arrived_late_too()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using (RedisSwapStore store = await ConnectAsync(server.Address))
        {
            server.Freeze();
            Pages.AssertAll(SwapOutcome.Unavailable, await Pages.WriteAsync(store, Slots));
            server.Thaw();
            await Eventually.HoldsAsync("the server is used again", async () => (await Pages.WriteAsync(store, [1]))[0].Outcome == SwapOutcome.Success);
        }

        Assert.Equal(0, await CountKeysAsync(server));
    }

    [Fact]
    public async Task A_collection_removes_the_pages_of_the_dead_and_leaves_those_of_the_living()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("SET", "mmun:{user:1}:name", "of somebody else");
        await client.SendAsync("SET", "other:{9f86d081884c7d65.1000:1}:77:3", "of another prefix");

        // A store whose servers cannot be reached any more is what a dead one looks like from the servers.
        await using TcpProxy proxy = new(server.Port);
        await using RedisSwapStore dead = await ConnectAsync(proxy.Address);
        await using RedisSwapStore living = await ConnectAsync(server.Address);
        await using RedisSwapStore collector = await ConnectAsync(server.Address);
        await Pages.StoreAsync(dead, Slots);
        await Pages.StoreAsync(living, Slots, version: 1);
        await Pages.StoreAsync(collector, Slots, version: 2);
        RedisGarbage none = await collector.CollectGarbageAsync(Stop);
        Assert.Equal((2, 0, 0L), (none.LiveOwners, none.DeadOwners, none.PagesRemoved));

        proxy.Cut();
        await Eventually.HoldsAsync("its lease ran out", async () => await client.SendAsync("EXISTS", $"mmun:lease:{{{dead.Owner}}}") == "0");
        RedisGarbage garbage = await collector.CollectGarbageAsync(Stop);
        Assert.Equal((1, 1, Slots.LongLength), (garbage.LiveOwners, garbage.DeadOwners, garbage.PagesRemoved));
        Assert.Empty(garbage.UnreachableServers);
        await Pages.AssertHoldsAsync(living, Slots, version: 1);
        await Pages.AssertHoldsAsync(collector, Slots, version: 2);
        Assert.Equal((2 * Slots.Length) + 2 + 2, await CountKeysAsync(server));

        // Who was taken for dead finds its pages lost when it comes back, and goes on.
        proxy.Mend();
        await Eventually.HoldsAsync("it is back", async () => (await Pages.ReadAsync(dead, [1]))[0].Outcome == SwapOutcome.Lost);
        await Pages.StoreAsync(dead, Slots, version: 3);
        await Pages.AssertHoldsAsync(dead, Slots, version: 3);
        await Eventually.HoldsAsync("it renews its lease", async () => await client.SendAsync("EXISTS", $"mmun:lease:{{{dead.Owner}}}") == "1");
        Assert.Equal(0, (await collector.CollectGarbageAsync(Stop)).PagesRemoved);
    }

    [Fact]
    public async Task A_lease_that_a_server_lost_costs_its_living_owner_nothing()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore living = await ConnectAsync(server.Address);
        await using RedisSwapStore collector = await ConnectAsync(server.Address);
        await Pages.StoreAsync(living, Slots);
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("DEL", $"mmun:lease:{{{living.Owner}}}");
        RedisGarbage garbage = await collector.CollectGarbageAsync(Stop);
        Assert.Equal((1, 0, 0L), (garbage.LiveOwners, garbage.DeadOwners, garbage.PagesRemoved));
        await Pages.AssertHoldsAsync(living, Slots);
    }

    [Fact]
    public async Task A_store_can_be_disposed_when_its_servers_are_gone()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        RedisSwapStore store = await ConnectAsync(server.Address);
        await Pages.StoreAsync(store, Slots);
        server.Kill();
        await store.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Stop);
        await store.DisposeAsync();
    }

    private static async Task<long> CountKeysAsync(RedisProcess server)
    {
        using Client client = await Client.ConnectAsync(server);
        return long.Parse(await client.SendAsync("DBSIZE"), CultureInfo.InvariantCulture);
    }

    private static Task<RedisSwapStore> ConnectAsync(string configuration) => RedisSwapStore.ConnectAsync(
        new RedisSwapOptions
        {
            Configuration = configuration,
            Lease = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(1),
            AttemptTimeout = TimeSpan.FromMilliseconds(300),
        },
        Stop);
}
