using System.Globalization;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>Three primaries and a replica for each, on loopback. A primary that is gone for a second is taken over by its replica.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Shards = 3;
    private const int Slots = 16384;

    private readonly List<RedisProcess> _nodes;

    private RedisCluster(List<RedisProcess> nodes) => _nodes = nodes;

    /// <summary>The nodes: first the primaries as they were at the start, then the replica of each.</summary>
    public IReadOnlyList<RedisProcess> Nodes => _nodes;

    public string Configuration => string.Join(',', _nodes.Select(node => node.Address));

    public static async Task<RedisCluster> StartAsync(params string[] arguments)
    {
        Task<RedisProcess>[] starting = [.. Enumerable.Range(0, 2 * Shards).Select(_ => RedisProcess.StartAsync(
        [
            "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0",
            "--repl-diskless-sync-delay", "0", .. arguments,
        ]))];
        RedisCluster cluster = new([.. await Task.WhenAll(starting)]);
        try
        {
            await cluster.JoinAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The primary that serves a key.</summary>
    public async Task<RedisProcess> OwnerOfAsync(string key)
    {
        foreach (RedisProcess primary in _nodes.Take(Shards))
        {
            if (await ServesAsync(primary, key))
            {
                return primary;
            }
        }

        throw new InvalidOperationException($"no node serves {key}");
    }

    /// <summary>A primary that does not serve a key.</summary>
    public async Task<RedisProcess> OtherPrimaryAsync(string key) => (await OwnerOfAsync(key)) == _nodes[0] ? _nodes[1] : _nodes[0];

    /// <summary>How many keys each of the first primaries holds.</summary>
    public async Task<long[]> CountKeysAsync()
    {
        long[] counts = new long[Shards];
        for (int shard = 0; shard < Shards; shard++)
        {
            using Client client = await Client.ConnectAsync(_nodes[shard]);
            counts[shard] = long.Parse(await client.SendAsync("DBSIZE"), CultureInfo.InvariantCulture);
        }

        return counts;
    }

    /// <summary>Waits until the others have put a replica in the place of a node.</summary>
    public Task AwaitFailoverAsync(RedisProcess gone) => Eventually.HoldsAsync("a replica takes over", async () =>
    {
        using Client client = await Client.ConnectAsync(_nodes.First(node => node != gone));
        string[] nodes = (await client.SendAsync("CLUSTER", "NODES")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool missed = nodes.Single(node => node.Contains($":{gone.Port}@", StringComparison.Ordinal)).Contains("fail", StringComparison.Ordinal);
        int primaries = nodes.Count(node => node.Contains("master", StringComparison.Ordinal) && !node.Contains("fail", StringComparison.Ordinal));
        return missed && primaries == Shards && (await client.SendAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal);
    });

    /// <summary>Waits until every replica has what its primary has.</summary>
    public async Task AwaitReplicationAsync()
    {
        foreach (RedisProcess primary in _nodes.Take(Shards))
        {
            // A key of the node's own, so that there is something to wait for.
            string key = "probe0";
            for (int number = 1; !await ServesAsync(primary, key); number++)
            {
                key = $"probe{number}";
            }

            using Client client = await Client.ConnectAsync(primary);
            await client.SendAsync("SET", key, "x");
            string confirmed = await client.SendAsync("WAIT", "1", "10000");
            if (confirmed != "1")
            {
                throw new TimeoutException($"{confirmed} of 1 replicas of {primary.Address} have confirmed");
            }

            await client.SendAsync("DEL", key);
        }
    }

    /// <summary>Ends the link of a replica to its primary; the cluster does not notice, and the replica stays ready to take over.</summary>
    public async Task CutReplicationAsync(RedisProcess replica)
    {
        using Client client = await Client.ConnectAsync(replica);
        await client.SendAsync("CONFIG", "SET", "masterauth", "a password that the primary does not have");
        await client.SendAsync("CLIENT", "KILL", "TYPE", "master");
        await Eventually.HoldsAsync("the link is down", async () =>
            (await client.SendAsync("INFO", "replication")).Contains("master_link_status:down", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RedisProcess node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task JoinAsync()
    {
        List<Client> clients = [];
        try
        {
            foreach (RedisProcess node in _nodes)
            {
                clients.Add(await Client.ConnectAsync(node));
            }

            for (int shard = 0; shard < Shards; shard++)
            {
                await clients[shard].SendAsync("CLUSTER", "ADDSLOTSRANGE", $"{shard * Slots / Shards}", $"{((shard + 1) * Slots / Shards) - 1}");
                await clients[shard].SendAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{shard + 1}");
            }

            foreach (RedisProcess node in _nodes.Skip(1))
            {
                await clients[0].SendAsync("CLUSTER", "MEET", "127.0.0.1", $"{node.Port}", $"{node.BusPort}");
            }

            await Eventually.HoldsAsync("every node knows every node", async () => (await AskAllAsync(clients, "CLUSTER", "INFO"))
                .All(info => info.Contains($"cluster_known_nodes:{_nodes.Count}", StringComparison.Ordinal)));
            for (int shard = 0; shard < Shards; shard++)
            {
                string primary = await clients[shard].SendAsync("CLUSTER", "MYID");
                await clients[Shards + shard].SendAsync("CLUSTER", "REPLICATE", primary);
            }

            await Eventually.HoldsAsync("the cluster is whole", async () =>
                (await AskAllAsync(clients, "CLUSTER", "INFO")).All(info => info.Contains("cluster_state:ok", StringComparison.Ordinal))
                && (await AskAllAsync(clients, "CLUSTER", "NODES")).All(nodes => nodes.Split("slave").Length == Shards + 1)
                && (await AskAllAsync(clients.Skip(Shards), "INFO", "replication"))
                    .All(info => info.Contains("master_link_status:up", StringComparison.Ordinal)));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task<bool> ServesAsync(RedisProcess node, string key)
    {
        using Client client = await Client.ConnectAsync(node);
        try
        {
            await client.SendAsync("EXISTS", key);
            return true;
        }
        catch (InvalidOperationException moved) when (moved.Message.StartsWith("MOVED", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static async Task<string[]> AskAllAsync(IEnumerable<Client> clients, params string[] command)
    {
        List<string> answers = [];
        foreach (Client client in clients)
        {
            answers.Add(await client.SendAsync(command));
        }

        return [.. answers];
    }
}
