using System.Globalization;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Connection;

/// <summary>Connects, and finds out before the first page whether the servers can do what is asked of them.</summary>
internal static class Opening
{
    /// <summary>Connects to the servers of the options.</summary>
    /// <exception cref="IOException">It cannot be; in one line that names the servers.</exception>
    public static async Task<SwapConnection> ConnectAsync(RedisSwapOptions options, PageKeys keys, CancellationToken cancellation)
    {
        ConfigurationOptions configuration = Configure(options);
        string servers = string.Join(',', configuration.EndPoints.Select(ServerName.Of));
        ConnectionMultiplexer reads = await ConnectAsync(configuration, servers, cancellation).ConfigureAwait(false);
        ConnectionMultiplexer writes = reads;
        try
        {
            CheckLayout(reads, servers);
            if (options.Acknowledgement == RedisAcknowledgement.Replica)
            {
                writes = await ConnectAsync(Configure(options), servers, cancellation).ConfigureAwait(false);
                await CheckReplicasAsync(writes, options).ConfigureAwait(false);
            }
        }
        catch
        {
            await writes.DisposeAsync().ConfigureAwait(false);
            await reads.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new SwapConnection(reads, writes, keys);
    }

    private static ConfigurationOptions Configure(RedisSwapOptions options)
    {
        ConfigurationOptions configuration = ConfigurationOptions.Parse(options.Configuration);
        configuration.Password = options.Password ?? configuration.Password;
        configuration.AbortOnConnectFail = true;
        configuration.ClientName ??= "mmun";
        configuration.AsyncTimeout = (int)options.AttemptTimeout.TotalMilliseconds;
        configuration.SyncTimeout = configuration.AsyncTimeout;
        configuration.ConnectTimeout = Math.Max(500, configuration.AsyncTimeout);
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(Math.Clamp(configuration.AsyncTimeout / 4, 50, 1000));

        configuration.ReconnectRetryPolicy = new LinearRetry(200);

        configuration.ResponseBufferPool = new ValuePool();

        // Retries are the store's own, which knows what a late command may not do.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.IncludeDetailInExceptions = false;

        // No keys and channels besides those of the pages.
        configuration.TieBreaker = string.Empty;
        configuration.ConfigurationChannel = string.Empty;
        return configuration;
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, string servers, CancellationToken cancellation)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (RedisConnectionException exception)
        {
            throw new IOException($"redis {servers}: {Explain(exception)}", exception);
        }
    }

    private static string Explain(RedisConnectionException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
                || cause.Message.Contains("WRONGPASS", StringComparison.Ordinal) || cause.Message.Contains("NOAUTH", StringComparison.Ordinal))
            {
                return "the server refused the credentials (user, password)";
            }
        }

        return $"cannot connect: {OneLine.Of(exception.Message)}";
    }

    private static void CheckLayout(ConnectionMultiplexer multiplexer, string servers)
    {
        IServer[] primaries = [.. multiplexer.GetServers().Where(server => server.IsConnected && !server.IsReplica)];
        if (primaries.Length == 0)
        {
            throw new IOException($"redis {servers}: no primary among the servers");
        }

        if (primaries.Length > 1 && Array.Find(primaries, server => server.ServerType != ServerType.Cluster) is { } single)
        {
            throw new IOException($"redis {servers}: {ServerName.Of(single.EndPoint)} is a primary of its own and not a node of a cluster with the others");
        }
    }

    /// <summary>Asks each primary for its replicas: on a connection that has written nothing, WAIT counts those that are there.</summary>
    private static async Task CheckReplicasAsync(ConnectionMultiplexer multiplexer, RedisSwapOptions options)
    {
        foreach (IServer server in multiplexer.GetServers().Where(server => server.IsConnected && !server.IsReplica))
        {
            int replicas;
            try
            {
                int wait = (int)(options.AttemptTimeout.TotalMilliseconds * 0.7);
                RedisResult answer = await server.ExecuteAsync("WAIT", [options.Replicas, wait], CommandFlags.NoRedirect).ConfigureAwait(false);
                replicas = Convert.ToInt32((long)answer, CultureInfo.InvariantCulture);
            }
            catch (Exception exception) when (Calls.IsOfClient(exception))
            {
                throw new IOException($"redis {ServerName.Of(server.EndPoint)}: cannot wait for replicas: {OneLine.Of(exception.Message)}", exception);
            }

            if (replicas < options.Replicas)
            {
                throw new IOException(
                    $"redis {ServerName.Of(server.EndPoint)}: has {replicas} replicas, but {options.Replicas} must acknowledge each write (ack=replica)");
            }
        }
    }
}
