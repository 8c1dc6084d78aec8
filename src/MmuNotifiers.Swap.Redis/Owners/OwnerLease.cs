using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>
/// The sign that a store lives: a key with a time to live, set anew three times in that time. It is set, not prolonged, so that one which a failover lost is
/// back at the next renewal.
/// </summary>
internal sealed class OwnerLease : IAsyncDisposable
{
    private readonly SwapConnection _connection;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _renewing;

    private OwnerLease(SwapConnection connection)
    {
        _connection = connection;
        _length = TimeSpan.FromMilliseconds(connection.Keys.Owner.LeaseMilliseconds);
        _renewing = RenewAsync();
    }

    /// <summary>Who holds it, for people who look at the key.</summary>
    private static string Holder => $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Takes a lease, which is the first command that a server answers.</summary>
    /// <exception cref="RedisException">The servers refuse.</exception>
    public static async Task<OwnerLease> TakeAsync(SwapConnection connection)
    {
        TimeSpan length = TimeSpan.FromMilliseconds(connection.Keys.Owner.LeaseMilliseconds);
        if (!await connection.Database.StringSetAsync(connection.Keys.Lease, Holder, length, When.NotExists).ConfigureAwait(false))
        {
            throw new RedisException($"the number {connection.Keys.Owner} is taken");
        }

        return new OwnerLease(connection);
    }

    /// <summary>Ends the renewals; the key stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stopped.Dispose();
    }

    private async Task RenewAsync()
    {
        TimeSpan interval = _connection.Keys.Owner.RenewalInterval;
        TimeSpan retry = interval / 5;
        bool renewed = true;
        while (true)
        {
            await Task.Delay(renewed ? interval : retry, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopped.IsCancellationRequested)
            {
                return;
            }

            Task answer = Calls.Start(() => _connection.Database.StringSetAsync(_connection.Keys.Lease, Holder, _length));
            await Patience.WaitAsync(answer, _stopped.Token).ConfigureAwait(false);
            renewed = answer.IsCompletedSuccessfully;
            if (!renewed)
            {
                await _connection.RefreshAsync(_stopped.Token).ConfigureAwait(false);
            }
        }
    }
}
