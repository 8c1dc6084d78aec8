using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>Counts the pages of every owner, and asks for their leases.</summary>
internal sealed class Stocktaking(SwapConnection connection, string prefix)
{
    /// <summary>Of so many pages of an owner without a lease it is asked when they were used.</summary>
    private const int SampledPages = 64;

    private readonly PageSweeper _sweeper = new(connection);
    private readonly HashSet<string> _unreachable = [];
    private readonly Dictionary<OwnerId, Stock> _stocks = [];

    public async ValueTask<RedisInventory> RunAsync(CancellationToken cancellation)
    {
        await foreach (RedisKey key in _sweeper.FindAsync(PageKeys.PatternOfAll(prefix), _unreachable, cancellation).ConfigureAwait(false))
        {
            if (PageKeys.TryReadOwner(prefix, key.ToString(), out OwnerId owner))
            {
                StockOf(owner).Add(key);
            }
        }

        await foreach (RedisKey key in _sweeper.FindAsync(PageKeys.PatternOfLeases(prefix), _unreachable, cancellation).ConfigureAwait(false))
        {
            if (PageKeys.TryReadLease(prefix, key.ToString(), out OwnerId owner))
            {
                StockOf(owner);
            }
        }

        List<RedisOwner> owners = [];
        foreach ((OwnerId owner, Stock stock) in _stocks)
        {
            owners.Add(await DescribeAsync(owner, stock, cancellation).ConfigureAwait(false));
        }

        return new RedisInventory(
            [.. owners.OrderByDescending(owner => owner.Pages).ThenBy(owner => owner.Owner, StringComparer.Ordinal)],
            [.. _unreachable.Order(StringComparer.Ordinal)]);
    }

    private Stock StockOf(OwnerId owner)
    {
        if (!_stocks.TryGetValue(owner, out Stock? stock))
        {
            _stocks.Add(owner, stock = new Stock());
        }

        return stock;
    }

    private async ValueTask<RedisOwner> DescribeAsync(OwnerId owner, Stock stock, CancellationToken cancellation)
    {
        RedisKey lease = PageKeys.LeaseOf(prefix, owner);
        Task<RedisValueWithExpiry> answer = Calls.Start(() => connection.Database.StringGetWithExpiryAsync(lease, CommandFlags.DemandMaster));
        await Patience.WaitAsync(answer, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        RedisOwnerState state = !answer.IsCompletedSuccessfully ? RedisOwnerState.Unknown
            : answer.Result.Value.IsNull ? RedisOwnerState.Expired
            : RedisOwnerState.Alive;
        TimeSpan idle = state == RedisOwnerState.Expired && stock.Sample.Count > 0
            ? await PageUses.LeastIdleAsync(connection, stock.Sample, TimeSpan.Zero, cancellation).ConfigureAwait(false)
            : TimeSpan.MaxValue;
        return new RedisOwner(
            owner.ToString(),
            state,
            state == RedisOwnerState.Alive ? answer.Result.Value.ToString() : null,
            TimeSpan.FromMilliseconds(owner.LeaseMilliseconds),
            state == RedisOwnerState.Alive ? answer.Result.Expiry : null,
            stock.Pages,
            stock.Pages * PageFormat.ValueBytes,
            idle == TimeSpan.MaxValue ? null : idle);
    }

    /// <summary>What was found of one owner.</summary>
    private sealed class Stock
    {
        public long Pages { get; private set; }

        public List<RedisKey> Sample { get; } = [];

        public void Add(RedisKey key)
        {
            Pages++;
            if (Sample.Count < SampledPages)
            {
                Sample.Add(key);
            }
        }
    }
}
