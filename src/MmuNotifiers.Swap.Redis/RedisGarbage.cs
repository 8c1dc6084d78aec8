namespace MmuNotifiers.Swap.Redis;

/// <summary>What a collection of garbage found and removed: <see cref="RedisSwapStore.CollectGarbageAsync"/>, <see cref="RedisSwapInspector.CollectAsync"/>.</summary>
/// <param name="LiveOwners">Other stores whose lease runs; their pages were left alone.</param>
/// <param name="DeadOwners">Stores whose lease had run out and did not come back while it was waited for.</param>
/// <param name="PagesRemoved">Pages of the dead that were removed.</param>
/// <param name="UnreachableServers">Servers that could not be searched, as host:port; what they hold is left to a later collection.</param>
public sealed record RedisGarbage(int LiveOwners, int DeadOwners, long PagesRemoved, IReadOnlyList<string> UnreachableServers)
{
    /// <summary>Those of the dead whose pages were left alone, because one of them was used too lately.</summary>
    public int YoungOwners { get; init; }

    /// <summary>Pages of the dead that were found to be removed; more than were if nothing was to be, or a server went away.</summary>
    public long PagesFound { get; init; }
}
