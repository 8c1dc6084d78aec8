namespace MmuNotifiers.Swap.Redis;

/// <summary>Whether a store that has pages on the servers lives.</summary>
public enum RedisOwnerState
{
    /// <summary>Its lease runs.</summary>
    Alive,

    /// <summary>It has no lease: it is gone, or its lease was lost and comes back within a third of its length.</summary>
    Expired,

    /// <summary>The server of its lease cannot be asked.</summary>
    Unknown,
}
