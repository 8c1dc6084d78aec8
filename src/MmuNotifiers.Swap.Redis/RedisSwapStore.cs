using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis;

/// <summary>
/// A swap store on a server or cluster that speaks Redis' protocol. Each page is one key; neighbouring slots share a node and a command, and all nodes
/// share the slots. A page is verified when it is read: bytes that are not the last that were written are never given out as if they were.
/// </summary>
/// <remarks>
/// A server that is away, loads, moves or is taken over by its replica is waited for, up to the options' time-out. docs/swap-redis.md says which loss of
/// servers loses which pages under which policy, and what it costs.
/// </remarks>
public sealed class RedisSwapStore : ISwapStore
{
    private readonly RedisSwapOptions _options;
    private readonly SwapConnection _connection;
    private readonly OwnerLease _lease;
    private readonly SlotTable _slots;
    private readonly SwapCounters _counters = new();
    private readonly Budget _budget;
    private readonly DiscardQueue _discards;
    private readonly PageWriter _writer;
    private readonly PageReader _reader;

    /// <summary>1 from the beginning of the disposal. Guarded by: changed by interlocked exchange alone.</summary>
    private int _disposed;

    private RedisSwapStore(RedisSwapOptions options, SwapConnection connection, OwnerLease lease)
    {
        _options = options;
        _connection = connection;
        _lease = lease;
        _slots = new SlotTable(options.SlotCount);
        _budget = new Budget(options.MaxBytesInFlight, _counters);
        _discards = new DiscardQueue(connection);
        PageBuffers buffers = new();
        _reader = new PageReader(connection, _slots, _budget, _counters, options.Timeout);
        _writer = options.Acknowledgement == RedisAcknowledgement.Replica
            ? new ReplicaWriter(connection, _slots, _budget, buffers, _discards, _counters, options)
            : new PrimaryWriter(connection, _slots, _budget, buffers, _discards, _counters, options.Timeout);
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public long SlotCount => _options.SlotCount;

    /// <summary>Who the pages on the servers belong to, as it stands in their keys.</summary>
    public string Owner => _connection.Keys.Owner.ToString();

    /// <summary>What it has done so far.</summary>
    public RedisSwapStatistics Statistics => _counters.Snapshot();

    /// <summary>Connects and takes a lease.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The options do not make sense; the message says which.</exception>
    /// <exception cref="IOException">The servers cannot be reached, refuse, or cannot do what the options ask; in one line that names them.</exception>
    public static async Task<RedisSwapStore> ConnectAsync(RedisSwapOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if ((RedisAddress.FindFault(options.Configuration) ?? options.FindFault()) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        PageKeys keys = new(options.KeyPrefix, OwnerId.New(options.Lease));
        SwapConnection connection = await Opening.ConnectAsync(options, keys, cancellationToken).ConfigureAwait(false);
        try
        {
            OwnerLease lease = await OwnerLease.TakeAsync(connection).ConfigureAwait(false);
            return new RedisSwapStore(options, connection, lease);
        }
        catch (Exception exception) when (Calls.IsOfClient(exception))
        {
            string server = connection.ServerOf(System.Text.Encoding.UTF8.GetBytes(keys.Lease));
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"redis {server} key {keys.Lease}: {Fault.Of(exception).Message}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _writer.RunAsync(transfers, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _reader.RunAsync(transfers, cancellationToken);
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        foreach (long slot in slots)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(slot, nameof(slots));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotCount, nameof(slots));
            SlotState state = _slots[slot];
            if (state.HoldsPage)
            {
                _slots[slot] = state.Abandoned();
                _discards.Add(slot, state.Incarnation);
            }
        }
    }

    /// <summary>
    /// Removes the pages that stores of the same prefix left behind whose process is gone: whose lease ran out and is not renewed within the half of its length
    /// that this call waits. The pages of the living, of this store too, are left alone.
    /// </summary>
    /// <param name="cancellationToken">Ends it; what was removed by then is gone.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ValueTask<RedisGarbage> CollectGarbageAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new GarbageCollection(_connection, _options.KeyPrefix).RunAsync(new RedisCollectOptions(), cancellationToken);
    }

    /// <summary>Removes the store's own pages and its lease, for as long as one transfer may take, and disconnects. No transfer may be under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _discards.DisposeAsync().ConfigureAwait(false);
        await _lease.DisposeAsync().ConfigureAwait(false);
        using CancellationTokenSource deadline = new(_options.Timeout);
        try
        {
            await RemovePagesAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is left is garbage for a collection: the lease runs out.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        _budget.Dispose();
    }

    private async ValueTask RemovePagesAsync(CancellationToken deadline)
    {
        PageSweeper sweeper = new(_connection);
        foreach (long[] part in _slots.Written().Chunk(PageKeys.SlotsOfGroup * 64))
        {
            IEnumerable<RedisKey> keys = part.Select(slot => (RedisKey)_connection.Keys.Page(slot, _slots[slot].Incarnation));
            await sweeper.RemoveAsync(keys, deadline).ConfigureAwait(false);
            deadline.ThrowIfCancellationRequested();
        }

        if (_discards.LeftBehind)
        {
            await sweeper.RemoveAsync(sweeper.FindAsync(_connection.Keys.Pattern, [], deadline), deadline).ConfigureAwait(false);
        }

        await Patience.WaitAsync(Calls.Start(() => _connection.Database.KeyDeleteAsync(_connection.Keys.Lease)), deadline).ConfigureAwait(false);
    }
}
