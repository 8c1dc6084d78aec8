using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>
/// Removes the pages of stores that died without removing them: finds every owner by its pages, asks for their leases, waits as long as the slowest of those
/// without one takes to renew it, and asks again. (A lease can be missing though its owner lives: a failover may have lost it, or an eviction.)
/// </summary>
internal sealed class GarbageCollection(SwapConnection connection, string prefix)
{
    /// <summary>Longer than the longest lease allowed: a key that claims more is nobody's that this program knows.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private const int PagesPerRound = 4096;

    private readonly PageSweeper _sweeper = new(connection);

    /// <summary>Collects.</summary>
    /// <param name="options">What to leave alone.</param>
    /// <param name="cancellation">Ends it; what was removed by then is gone.</param>
    public async ValueTask<RedisGarbage> RunAsync(RedisCollectOptions options, CancellationToken cancellation)
    {
        HashSet<string> unreachable = [];
        HashSet<OwnerId> owners = [];
        await foreach (RedisKey key in _sweeper.FindAsync(PageKeys.PatternOfAll(prefix), unreachable, cancellation).ConfigureAwait(false))
        {
            if (PageKeys.TryReadOwner(prefix, key.ToString(), out OwnerId owner) && owner != connection.Keys.Owner)
            {
                owners.Add(owner);
            }
        }

        List<OwnerId> dead = await WithoutLeaseAsync(owners, cancellation).ConfigureAwait(false);
        if (dead.Count > 0)
        {
            TimeSpan wait = dead.Max(owner => owner.RenewalInterval) * 1.5;
            await Task.Delay(wait < LongestWait ? wait : LongestWait, cancellation).ConfigureAwait(false);
            dead = await WithoutLeaseAsync(dead, cancellation).ConfigureAwait(false);
        }

        long removed = 0;
        long found = 0;
        int young = 0;
        foreach (OwnerId owner in dead)
        {
            List<RedisKey> pages = [];
            await foreach (RedisKey key in _sweeper.FindAsync(PageKeys.PatternOf(prefix, owner), unreachable, cancellation).ConfigureAwait(false))
            {
                pages.Add(key);
            }

            if (options.OlderThan > TimeSpan.Zero && await PageUses.LeastIdleAsync(connection, pages, options.OlderThan, cancellation).ConfigureAwait(false) < options.OlderThan)
            {
                young++;
                continue;
            }

            found += pages.Count;
            removed += options.RemovesNothing ? 0 : await RemoveAsync(pages, cancellation).ConfigureAwait(false);
        }

        return new RedisGarbage(owners.Count - dead.Count, dead.Count, removed, [.. unreachable.Order(StringComparer.Ordinal)])
        {
            YoungOwners = young,
            PagesFound = found,
        };
    }

    private async ValueTask<long> RemoveAsync(List<RedisKey> pages, CancellationToken cancellation)
    {
        long removed = 0;
        foreach (RedisKey[] batch in pages.Chunk(PagesPerRound))
        {
            removed += await _sweeper.RemoveAsync(batch, cancellation).ConfigureAwait(false);
        }

        return removed;
    }

    /// <summary>Those whose lease is certainly not there; who cannot be asked for lives.</summary>
    private async ValueTask<List<OwnerId>> WithoutLeaseAsync(IReadOnlyCollection<OwnerId> owners, CancellationToken cancellation)
    {
        List<(OwnerId Owner, Task<bool> Lease)> questions = [];
        foreach (OwnerId owner in owners)
        {
            RedisKey lease = PageKeys.LeaseOf(prefix, owner);
            questions.Add((owner, Calls.Start(() => connection.Database.KeyExistsAsync(lease, CommandFlags.DemandMaster))));
        }

        List<OwnerId> without = [];
        foreach ((OwnerId owner, Task<bool> lease) in questions)
        {
            await Patience.WaitAsync(lease, cancellation).ConfigureAwait(false);
            if (lease.IsCompletedSuccessfully && !lease.Result)
            {
                without.Add(owner);
            }
        }

        return without;
    }
}
