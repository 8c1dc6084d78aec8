namespace MmuNotifiers.Swap.Redis;

/// <summary>When a page counts as written, so that it may be dropped from memory.</summary>
public enum RedisAcknowledgement
{
    /// <summary>
    /// When the primary of its shard has answered. The loss of that server can lose what its replicas had not received yet: such a page is read as
    /// <see cref="SwapOutcome.Lost"/> or <see cref="SwapOutcome.Corrupt"/>, never as other bytes.
    /// </summary>
    Primary = 0,

    /// <summary>
    /// When the primary has answered and <see cref="RedisSwapOptions.Replicas"/> of its replicas have confirmed the write (the command WAIT):
    /// the loss of the primary loses nothing, provided that one of these replicas takes over.
    /// </summary>
    Replica,
}
