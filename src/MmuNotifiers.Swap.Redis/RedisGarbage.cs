namespace MmuNotifiers.Swap.Redis;

/// <summary>What <see cref="RedisSwapStore.CollectGarbageAsync"/> found and removed.</summary>
/// <param name="LiveOwners">Other stores whose lease runs; their pages were left alone.</param>
/// <param name="DeadOwners">Stores whose lease had run out and did not come back while it was waited for.</param>
/// <param name="PagesRemoved">Pages of the dead that were removed.</param>
/// <param name="UnreachableServers">Servers that could not be searched, as host:port; what they hold is left to a later collection.</param>
public sealed record RedisGarbage(int LiveOwners, int DeadOwners, long PagesRemoved, IReadOnlyList<string> UnreachableServers);
