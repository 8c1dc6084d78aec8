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

    private readonly PageSweeper _sweeper = new(connection);

    public async ValueTask<RedisGarbage> RunAsync(CancellationToken cancellation)
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
        foreach (OwnerId owner in dead)
        {
            removed += await _sweeper.RemoveAsync(
                _sweeper.FindAsync(PageKeys.PatternOf(prefix, owner), unreachable, cancellation), cancellation).ConfigureAwait(false);
        }

        return new RedisGarbage(owners.Count - dead.Count, dead.Count, removed, [.. unreachable.Order(StringComparer.Ordinal)]);
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
