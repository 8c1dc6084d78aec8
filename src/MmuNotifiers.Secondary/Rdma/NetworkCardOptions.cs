namespace MmuNotifiers.Secondary.Rdma;

/// <summary>The size of a card's TLB, and what the card prefetches.</summary>
public sealed record NetworkCardOptions
{
    /// <summary>Entries of the TLB, all address spaces together; a power of two from 1 to 1,048,576. 16,384 map 64 MiB.</summary>
    public int Entries { get; init; } = 16_384;

    /// <summary>Entries that a page may lie in, of which the oldest makes way; a power of two from 1 to 16, at most <see cref="Entries"/>.</summary>
    public int Ways { get; init; } = 4;

    /// <summary>Whether translations are prefetched.</summary>
    public PrefetchPolicy Prefetch { get; init; } = PrefetchPolicy.OnUpdate;
}
