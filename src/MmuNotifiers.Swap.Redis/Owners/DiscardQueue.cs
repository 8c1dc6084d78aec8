using System.Threading.Channels;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>
/// Keys that nobody needs any more, on their way out: collected, and removed by UNLINK in batches of one group, one after another, behind the callers' backs.
/// What does not fit, or meets a server that is away, is left behind, and found by a search when the store is disposed.
/// </summary>
internal sealed class DiscardQueue : IAsyncDisposable
{
    private const int MostWaiting = 1 << 18;
    private const int MostPerRound = 4096;

    private readonly SwapConnection _connection;
    private readonly Channel<DiscardedKey> _waiting = Channel.CreateBounded<DiscardedKey>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _pump;
    private volatile bool _leftBehind;

    public DiscardQueue(SwapConnection connection)
    {
        _connection = connection;
        _pump = PumpAsync();
    }

    /// <summary>Whether keys may be on the servers that no slot knows of.</summary>
    public bool LeftBehind => _leftBehind;

    /// <summary>Has a key removed that no command is on its way to. Does not block.</summary>
    public void Add(long slot, uint incarnation) => _leftBehind |= !_waiting.Writer.TryWrite(new DiscardedKey(slot, incarnation));

    /// <summary>Has a key removed that a command may yet arrive for, after the removal as well.</summary>
    public void AddUncertain(long slot, uint incarnation)
    {
        _leftBehind = true;
        _waiting.Writer.TryWrite(new DiscardedKey(slot, incarnation));
    }

    /// <summary>Removes what is waiting, for a limited time, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _stopped.CancelAfter(TimeSpan.FromSeconds(5));
        await _pump.ConfigureAwait(false);
        _stopped.Dispose();
    }

    private async Task PumpAsync()
    {
        List<DiscardedKey> batch = [];
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MostPerRound && _waiting.Reader.TryRead(out DiscardedKey key))
            {
                batch.Add(key);
            }

            await UnlinkAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private async Task UnlinkAsync(List<DiscardedKey> batch)
    {
        List<Task> answers = [];
        foreach (IGrouping<long, DiscardedKey> group in batch.GroupBy(key => PageKeys.GroupOf(key.Slot)))
        {
            RedisKey[] keys = [.. group.Select(key => (RedisKey)_connection.Keys.Page(key.Slot, key.Incarnation))];
            answers.Add(Calls.Start(() => _connection.Database.KeyDeleteAsync(keys)));
        }

        foreach (Task answer in answers)
        {
            await Patience.WaitAsync(answer, _stopped.Token).ConfigureAwait(false);
            _leftBehind |= !answer.IsCompletedSuccessfully;
        }
    }

    private readonly record struct DiscardedKey(long Slot, uint Incarnation);
}
