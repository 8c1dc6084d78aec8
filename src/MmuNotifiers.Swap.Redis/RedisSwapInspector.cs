namespace MmuNotifiers.Swap.Redis;

/// <summary>
/// Looks at what stores keep on servers, and removes what dead ones left behind, without being a store: it has no lease and no pages. Safe to use
/// from one thread at a time.
/// </summary>
public sealed class RedisSwapInspector : IAsyncDisposable
{
    private readonly SwapConnection _connection;
    private readonly string _prefix;

    private RedisSwapInspector(SwapConnection connection, string prefix)
    {
        _connection = connection;
        _prefix = prefix;
    }

    /// <summary>Connects.</summary>
    /// <param name="options">Where, and with which prefix; what is about transfers does not matter.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The options do not make sense; the message says which.</exception>
    /// <exception cref="IOException">The servers cannot be reached, or refuse; in one line that names them.</exception>
    public static async Task<RedisSwapInspector> ConnectAsync(RedisSwapOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if ((RedisAddress.FindFault(options.Configuration) ?? options.FindFault()) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        options = options with { Acknowledgement = RedisAcknowledgement.Primary };
        PageKeys nobody = new(options.KeyPrefix, OwnerId.New(options.Lease));
        SwapConnection connection = await Opening.ConnectAsync(options, nobody, cancellationToken).ConfigureAwait(false);
        return new RedisSwapInspector(connection, options.KeyPrefix);
    }

    /// <summary>Searches all primaries (SCAN) for the pages and leases of the prefix. Changes nothing.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ValueTask<RedisInventory> ListAsync(CancellationToken cancellationToken = default) =>
        new Stocktaking(_connection, _prefix).RunAsync(cancellationToken);

    /// <summary>As <see cref="RedisSwapStore.CollectGarbageAsync"/>, which it waits as long for.</summary>
    /// <param name="options">What to leave alone; null for nothing but the living.</param>
    /// <param name="cancellationToken">Ends it; what was removed by then is gone.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ValueTask<RedisGarbage> CollectAsync(RedisCollectOptions? options = null, CancellationToken cancellationToken = default) =>
        new GarbageCollection(_connection, _prefix).RunAsync(options ?? new RedisCollectOptions(), cancellationToken);

    /// <summary>Disconnects.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
