namespace MmuNotifiers.Secondary.Rdma;

/// <summary>One entry of a card's TLB.</summary>
internal struct CardTlbEntry
{
    /// <summary>A <see cref="CardTag"/>.</summary>
    internal ulong Tag;

    /// <summary>Where the page's bytes lie in this process.</summary>
    internal nint Host;
}
