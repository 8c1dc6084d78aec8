using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>Finds keys by SCAN on every primary, and removes them by UNLINK in batches.</summary>
internal sealed class PageSweeper(SwapConnection connection)
{
    private const int ScanCount = 1000;
    private const int MostPerRound = 4096;

    /// <summary>Goes through the keys that match a pattern on all primaries that can be reached.</summary>
    /// <param name="pattern">A pattern of SCAN.</param>
    /// <param name="unreachable">Gets the servers that could not be searched, or not to the end.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async IAsyncEnumerable<RedisKey> FindAsync(
        string pattern, HashSet<string> unreachable, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (IServer server in connection.Primaries(unreachable))
        {
            await using IAsyncEnumerator<RedisKey> keys =
                server.KeysAsync(pattern: pattern, pageSize: ScanCount).GetAsyncEnumerator(cancellation);
            while (await MoveNextAsync(keys, server, unreachable).ConfigureAwait(false))
            {
                yield return keys.Current;
            }
        }
    }

    /// <summary>Removes keys.</summary>
    /// <returns>How many were there and are gone.</returns>
    public async ValueTask<long> RemoveAsync(IAsyncEnumerable<RedisKey> keys, CancellationToken cancellation)
    {
        long removed = 0;
        List<RedisKey> batch = new(MostPerRound);
        await foreach (RedisKey key in keys.WithCancellation(cancellation).ConfigureAwait(false))
        {
            batch.Add(key);
            if (batch.Count == MostPerRound)
            {
                removed += await RemoveAsync(batch, cancellation).ConfigureAwait(false);
                batch.Clear();
            }
        }

        return removed + await RemoveAsync(batch, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes keys, each group of pages by one command.</summary>
    public async ValueTask<long> RemoveAsync(IEnumerable<RedisKey> keys, CancellationToken cancellation)
    {
        List<Task<long>> answers = [];
        foreach (IGrouping<int, RedisKey> sameNode in keys.GroupBy(connection.Database.Multiplexer.HashSlot))
        {
            RedisKey[] group = [.. sameNode];
            answers.Add(Calls.Start(() => connection.Database.KeyDeleteAsync(group)));
        }

        long removed = 0;
        foreach (Task<long> answer in answers)
        {
            await Patience.WaitAsync(answer, cancellation).ConfigureAwait(false);
            removed += answer.IsCompletedSuccessfully ? answer.Result : 0;
        }

        return removed;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<RedisKey> keys, IServer server, HashSet<string> unreachable)
    {
        try
        {
            return await keys.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (Calls.IsOfClient(exception))
        {
            unreachable.Add(ServerName.Of(server.EndPoint));
            return false;
        }
    }
}
