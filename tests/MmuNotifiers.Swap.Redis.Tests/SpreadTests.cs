using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class SpreadTests(SharedServers servers, ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_batch_spreads_evenly_over_all_primaries()
    {
        RedisCluster cluster = await servers.ClusterAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = cluster.Configuration }, Stop);
        long[] before = await cluster.CountKeysAsync();
        const int Count = 19_200;
        await Pages.StoreAsync(store, Enumerable.Range(0, Count).Select(slot => (long)slot));
        long[] after = await cluster.CountKeysAsync();
        long[] share = [.. after.Zip(before, (now, then) => now - then)];
        Assert.Equal(Count, share.Sum());

        // 300 groups over 3 nodes: a share is binomial with a deviation of 8 groups; five deviations either way.
        output.WriteLine($"{Count} pages: {string.Join(", ", share)}");
        Assert.All(share, pages => Assert.InRange(pages, (100 - 41) * 64, (100 + 41) * 64));
    }

    [Fact]
    public async Task The_neighbours_of_a_group_go_in_one_command_to_one_node()
    {
        RedisCluster cluster = await servers.ClusterAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = cluster.Configuration }, Stop);
        long[] before = await cluster.CountKeysAsync();
        await Pages.StoreAsync(store, Enumerable.Range(128, 64).Select(slot => (long)slot));
        long[] after = await cluster.CountKeysAsync();
        Assert.Equal([0, 0, 64], after.Zip(before, (now, then) => now - then).Order());
        Assert.Equal(1, store.Statistics.Messages);
    }
}
