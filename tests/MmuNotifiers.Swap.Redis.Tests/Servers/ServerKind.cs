namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>What the pages lie on.</summary>
public enum ServerKind
{
    /// <summary>One redis-server.</summary>
    Single,

    /// <summary>Three primaries of Redis Cluster with a replica each.</summary>
    Cluster,

    /// <summary>Garnet, in this process.</summary>
    Garnet,
}
