using MmuNotifiers.Swap.Redis;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun swap redis list --json</c> answers.</summary>
internal sealed record RedisListAnswer(
    string Prefix, long Pages, long Bytes, IReadOnlyList<RedisOwnerAnswer> Owners, IReadOnlyList<string> UnreachableServers)
{
    public static RedisListAnswer Of(RedisSwapOptions options, RedisInventory found) => new(
        options.KeyPrefix,
        found.Owners.Sum(static owner => owner.Pages),
        found.Owners.Sum(static owner => owner.Bytes),
        [.. found.Owners.Select(static owner => new RedisOwnerAnswer(
            owner.Owner,
            owner.State,
            owner.Holder,
            owner.Lease.TotalSeconds,
            owner.LeaseLeft?.TotalSeconds,
            owner.Pages,
            owner.Bytes,
            owner.Idle?.TotalSeconds))],
        found.UnreachableServers);
}
