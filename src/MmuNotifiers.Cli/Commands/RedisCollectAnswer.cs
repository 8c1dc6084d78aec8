using MmuNotifiers.Swap.Redis;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun swap redis collect --json</c> answers.</summary>
internal sealed record RedisCollectAnswer(
    string Prefix,
    bool DryRun,
    double OlderThanSeconds,
    int LiveOwners,
    int DeadOwners,
    int YoungOwners,
    long PagesFound,
    long PagesRemoved,
    IReadOnlyList<string> UnreachableServers)
{
    public static RedisCollectAnswer Of(RedisSwapOptions options, RedisCollectOptions what, RedisGarbage garbage) => new(
        options.KeyPrefix,
        what.RemovesNothing,
        what.OlderThan.TotalSeconds,
        garbage.LiveOwners,
        garbage.DeadOwners,
        garbage.YoungOwners,
        garbage.PagesFound,
        garbage.PagesRemoved,
        garbage.UnreachableServers);
}
