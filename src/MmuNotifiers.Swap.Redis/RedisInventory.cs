namespace MmuNotifiers.Swap.Redis;

/// <summary>What stores keep on the servers.</summary>
/// <param name="Owners">Every store of the prefix that has pages or a lease; most pages first.</param>
/// <param name="UnreachableServers">Servers that could not be searched, as host:port: what they hold is missing.</param>
public sealed record RedisInventory(IReadOnlyList<RedisOwner> Owners, IReadOnlyList<string> UnreachableServers);
