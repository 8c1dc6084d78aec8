namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>Servers for the tests that do them no harm, each started when it is first asked for.</summary>
public sealed class SharedServers : IAsyncDisposable
{
    private RedisCluster? _cluster;
    private RedisProcess? _single;
    private GarnetHost? _garnet;

    /// <summary>The servers of a kind, as a configuration; skips the test where the host cannot start them.</summary>
    public async Task<string> ConfigurationAsync(ServerKind kind) => kind switch
    {
        ServerKind.Cluster => (await ClusterAsync()).Configuration,
        ServerKind.Single => (await SingleAsync()).Address,
        _ => (_garnet ??= new GarnetHost()).Address,
    };

    internal async Task<RedisCluster> ClusterAsync()
    {
        Host.SkipWithoutRedis();
        return _cluster ??= await RedisCluster.StartAsync();
    }

    internal async Task<RedisProcess> SingleAsync()
    {
        Host.SkipWithoutRedis();
        return _single ??= await RedisProcess.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_single is not null)
        {
            await _single.DisposeAsync();
        }

        _garnet?.Dispose();
    }
}
