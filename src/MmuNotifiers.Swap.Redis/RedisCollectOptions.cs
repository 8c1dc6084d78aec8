namespace MmuNotifiers.Swap.Redis;

/// <summary>What a collection of garbage leaves alone.</summary>
public sealed record RedisCollectOptions
{
    /// <summary>
    /// Pages of a store that is gone stay as long as one of them was used within this time. Zero: they go as soon as its lease ran out and did not come
    /// back. Servers know it to about ten seconds; under an LFU policy they do not, and nothing goes.
    /// </summary>
    public TimeSpan OlderThan { get; init; }

    /// <summary>Whether it is only said what would be removed.</summary>
    public bool RemovesNothing { get; init; }
}
