using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>Slots of the cluster move from node to node while pages are in them.</summary>
public sealed class ReshardingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RedisAcknowledgement.Primary)]
    [InlineData(RedisAcknowledgement.Replica)]
    public async Task Pages_are_found_and_written_while_their_cluster_slot_moves(RedisAcknowledgement acknowledgement)
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions { Configuration = cluster.Configuration, Acknowledgement = acknowledgement, AttemptTimeout = TimeSpan.FromSeconds(1) }, Stop);
        long[] group = [.. Enumerable.Range(0, 64).Select(slot => (long)slot)];
        await Pages.StoreAsync(store, group);
        string[] keys = [.. group.Select(slot => $"mmun:{{{store.Owner}:0}}:{slot}:0")];

        using Client source = await Client.ConnectAsync(await cluster.OwnerOfAsync(keys[0]));
        string clusterSlot = await source.SendAsync("CLUSTER", "KEYSLOT", keys[0]);
        string sourceId = await source.SendAsync("CLUSTER", "MYID");
        RedisProcess destinationNode = await cluster.OtherPrimaryAsync(keys[0]);
        using Client destination = await Client.ConnectAsync(destinationNode);
        string destinationId = await destination.SendAsync("CLUSTER", "MYID");
        await destination.SendAsync("CLUSTER", "SETSLOT", clusterSlot, "IMPORTING", sourceId);
        await source.SendAsync("CLUSTER", "SETSLOT", clusterSlot, "MIGRATING", destinationId);

        // Half of the group has moved: the node redirects by ASK, and refuses commands over both halves by TRYAGAIN.
        foreach (string key in keys.Take(32))
        {
            await source.SendAsync("MIGRATE", "127.0.0.1", $"{destinationNode.Port}", key, "0", "5000");
        }

        await Pages.AssertHoldsAsync(store, group);
        Task writing = Pages.StoreAsync(store, group, version: 1);
        if (acknowledgement == RedisAcknowledgement.Primary)
        {
            await writing;
            await Pages.AssertHoldsAsync(store, group, version: 1);
            Assert.True(store.Statistics.Retries > 0, "no command met a slot that is half here and half there");
        }

        // The rest follows, and the node redirects by MOVED from now on.
        foreach (string key in keys.Skip(32))
        {
            await source.SendAsync("MIGRATE", "127.0.0.1", $"{destinationNode.Port}", key, "0", "5000");
        }

        await destination.SendAsync("CLUSTER", "SETSLOT", clusterSlot, "NODE", destinationId);
        await source.SendAsync("CLUSTER", "SETSLOT", clusterSlot, "NODE", destinationId);
        await writing;
        await Pages.AssertHoldsAsync(store, group, version: 1);
        await Pages.StoreAsync(store, group, version: 2);
        await Pages.AssertHoldsAsync(store, group, version: 2);
        Assert.Equal(destinationNode.Port, (await cluster.OwnerOfAsync(keys[0])).Port);
    }
}
