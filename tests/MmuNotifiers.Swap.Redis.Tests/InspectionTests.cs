using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>What an operator sees of the stores on servers, and how the dead are cleared away.</summary>
public sealed class InspectionTests
{
    private const int BytesOfPage = 4112;

    private static readonly long[] Slots = [.. Enumerable.Range(0, 500).Select(slot => (long)slot)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_store_is_listed_with_its_pages_and_its_lease()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("SET", "mmun:{user:1}:name", "of somebody else");
        await using RedisSwapStore full = await RedisSwapStore.ConnectAsync(Options(server.Address), Stop);
        await using RedisSwapStore empty = await RedisSwapStore.ConnectAsync(Options(server.Address), Stop);
        await using RedisSwapStore elsewhere = await RedisSwapStore.ConnectAsync(Options(server.Address) with { KeyPrefix = "other" }, Stop);
        await Pages.StoreAsync(full, Slots);
        await Pages.StoreAsync(elsewhere, Slots.Take(10));
        await using RedisSwapInspector inspector = await RedisSwapInspector.ConnectAsync(Options(server.Address), Stop);

        RedisInventory found = await inspector.ListAsync(Stop);

        Assert.Empty(found.UnreachableServers);
        Assert.Equal([full.Owner, empty.Owner], found.Owners.Select(owner => owner.Owner));
        Assert.Equal([Slots.LongLength, 0], found.Owners.Select(owner => owner.Pages));
        RedisOwner first = found.Owners[0];
        Assert.Equal((RedisOwnerState.Alive, Slots.LongLength * BytesOfPage), (first.State, first.Bytes));
        Assert.Equal($"{Environment.MachineName}/{Environment.ProcessId}", first.Holder);
        Assert.Equal(TimeSpan.FromSeconds(1), first.Lease);
        Assert.InRange(first.LeaseLeft!.Value, TimeSpan.Zero, first.Lease);
    }

    [Fact]
    public async Task A_dead_store_is_listed_as_expired_and_collected_when_it_is_meant()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using TcpProxy proxy = new(server.Port);
        await using RedisSwapStore dead = await RedisSwapStore.ConnectAsync(Options(proxy.Address), Stop);
        await using RedisSwapStore living = await RedisSwapStore.ConnectAsync(Options(server.Address), Stop);
        await Pages.StoreAsync(dead, Slots);
        await Pages.StoreAsync(living, Slots.Take(100));
        await using RedisSwapInspector inspector = await RedisSwapInspector.ConnectAsync(Options(server.Address), Stop);
        proxy.Cut();
        await Eventually.HoldsAsync("its lease ran out", async () => (await inspector.ListAsync(Stop)).Owners[0].State == RedisOwnerState.Expired);

        RedisOwner seen = (await inspector.ListAsync(Stop)).Owners[0];
        Assert.Equal((dead.Owner, Slots.LongLength, null, null), (seen.Owner, seen.Pages, seen.Holder, seen.LeaseLeft));
        Assert.NotNull(seen.Idle);

        RedisGarbage said = await inspector.CollectAsync(new RedisCollectOptions { RemovesNothing = true }, Stop);
        Assert.Equal((1, 1, 0L, Slots.LongLength), (said.LiveOwners, said.DeadOwners, said.PagesRemoved, said.PagesFound));
        RedisGarbage young = await inspector.CollectAsync(new RedisCollectOptions { OlderThan = TimeSpan.FromHours(1) }, Stop);
        Assert.Equal((1, 1, 0L, 0L), (young.DeadOwners, young.YoungOwners, young.PagesRemoved, young.PagesFound));
        Assert.Equal(Slots.LongLength, (await inspector.ListAsync(Stop)).Owners[0].Pages);

        RedisGarbage gone = await inspector.CollectAsync(cancellationToken: Stop);
        Assert.Equal((1, 1, 0, Slots.LongLength), (gone.LiveOwners, gone.DeadOwners, gone.YoungOwners, gone.PagesRemoved));
        Assert.Equal(living.Owner, Assert.Single((await inspector.ListAsync(Stop)).Owners).Owner);
        await Pages.AssertHoldsAsync(living, Slots.Take(100));
    }

    [Fact]
    public async Task Pages_that_nobody_used_for_long_enough_go()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("SET", "mmun:{9f86d081884c7d65.1000:0}:0:1", "old");
        await using RedisSwapInspector inspector = await RedisSwapInspector.ConnectAsync(Options(server.Address), Stop);
        await Eventually.HoldsAsync("the server has noted the time", async () => (await inspector.ListAsync(Stop)).Owners[0].Idle >= TimeSpan.FromSeconds(1));

        RedisGarbage garbage = await inspector.CollectAsync(new RedisCollectOptions { OlderThan = TimeSpan.FromSeconds(1) }, Stop);

        Assert.Equal((1, 0, 1L), (garbage.DeadOwners, garbage.YoungOwners, garbage.PagesRemoved));
    }

    [Fact]
    public async Task A_cluster_is_searched_on_all_nodes_and_what_is_missing_is_named()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(Options(cluster.Configuration), Stop);
        await Pages.StoreAsync(store, Slots);
        await using RedisSwapInspector inspector = await RedisSwapInspector.ConnectAsync(Options(cluster.Configuration), Stop);
        Assert.True((await cluster.CountKeysAsync()).Min() > 0);

        RedisInventory all = await inspector.ListAsync(Stop);
        Assert.Equal((Slots.LongLength, RedisOwnerState.Alive), (Assert.Single(all.Owners).Pages, all.Owners[0].State));

        cluster.Nodes[0].Kill();
        await Eventually.HoldsAsync("the loss of a node is seen", async () => (await inspector.ListAsync(Stop)).UnreachableServers.Count > 0);
    }

    [Fact]
    public async Task Servers_that_are_gone_are_named_in_one_line()
    {
        Host.SkipWithoutRedis();
        string address;
        await using (RedisProcess server = await RedisProcess.StartAsync())
        {
            address = server.Address;
        }

        IOException refused = await Assert.ThrowsAsync<IOException>(() => RedisSwapInspector.ConnectAsync(Options(address), Stop));
        Assert.Contains(address, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static RedisSwapOptions Options(string configuration) => new()
    {
        Configuration = configuration,
        Lease = TimeSpan.FromSeconds(1),
        Timeout = TimeSpan.FromSeconds(1),
        AttemptTimeout = TimeSpan.FromMilliseconds(300),
    };
}
