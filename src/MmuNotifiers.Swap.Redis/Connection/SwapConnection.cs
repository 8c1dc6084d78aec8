using System.Net;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Connection;

/// <summary>
/// The connections to the servers: one to each node for reads, leases and discards, and where replicas must confirm a second one for writes, since whoever
/// waits for replicas holds up what comes behind it.
/// </summary>
internal sealed class SwapConnection(ConnectionMultiplexer reads, ConnectionMultiplexer writes, PageKeys keys) : IAsyncDisposable
{
    private static readonly TimeSpan LeastBetweenRefreshes = TimeSpan.FromMilliseconds(100);

    /// <summary>Holds who asks for the layout of the cluster; the others wait for the same answer.</summary>
    private readonly SemaphoreSlim _refreshing = new(1);

    /// <summary>When the layout was last asked for. Guarded by: <see cref="_refreshing"/>.</summary>
    private long _refreshedAt;

    public PageKeys Keys { get; } = keys;

    public IDatabase Database { get; } = reads.GetDatabase();

    public PageIdentity Identify(long slot, uint incarnation, uint generation) => new(Keys.Owner.Number, slot, incarnation, generation);

    /// <summary>Starts to fetch a value from the primary that holds it.</summary>
    public Task<Lease<byte>?> FetchAsync(byte[] key) => Calls.Start(() => Database.StringGetLeaseAsync(key, CommandFlags.DemandMaster));

    /// <summary>The primary that a write of a key goes to; null when the client knows none.</summary>
    public IServer? FindWriteServer(byte[] key)
    {
        try
        {
            return writes.GetServer((RedisKey)key, flags: CommandFlags.DemandMaster);
        }
        catch (Exception exception) when (Calls.IsOfClient(exception))
        {
            return null;
        }
    }

    public IServer WriteServer(EndPoint server) => writes.GetServer(server);

    /// <summary>Primaries that are connected; the names of those that are not go into a list.</summary>
    public List<IServer> Primaries(ICollection<string> unreachable)
    {
        List<IServer> primaries = [];
        foreach (IServer server in reads.GetServers())
        {
            if (server.IsConnected && !server.IsReplica)
            {
                primaries.Add(server);
            }
            else if (!server.IsConnected)
            {
                unreachable.Add(ServerName.Of(server.EndPoint));
            }
        }

        return primaries;
    }

    /// <summary>The server of a key as host:port, for messages; where the client knows none at the moment, those that it was told of.</summary>
    public string ServerOf(byte[] key)
    {
        try
        {
            return ServerName.Of(reads.GetServer((RedisKey)key, flags: CommandFlags.DemandMaster).EndPoint);
        }
        catch (Exception exception) when (Calls.IsOfClient(exception))
        {
            return string.Join(',', reads.GetEndPoints(configuredOnly: true).Select(ServerName.Of));
        }
    }

    /// <summary>Asks the servers how the cluster looks now, unless that was done just now. A client learns of a failover only when a server says so.</summary>
    public async ValueTask RefreshAsync(CancellationToken deadline)
    {
        Task turn = _refreshing.WaitAsync(deadline);
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!turn.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            if (TimeProvider.System.GetElapsedTime(_refreshedAt) < LeastBetweenRefreshes)
            {
                return;
            }

            await Patience.WaitAsync(Calls.Start(() => reads.ConfigureAsync()), deadline).ConfigureAwait(false);
            if (!ReferenceEquals(reads, writes))
            {
                await Patience.WaitAsync(Calls.Start(() => writes.ConfigureAsync()), deadline).ConfigureAwait(false);
            }

            _refreshedAt = TimeProvider.System.GetTimestamp();
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await reads.DisposeAsync().ConfigureAwait(false);
        if (!ReferenceEquals(reads, writes))
        {
            await writes.DisposeAsync().ConfigureAwait(false);
        }
    }
}
