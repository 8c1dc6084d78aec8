namespace MmuNotifiers.Secondary.Rdma;

/// <summary>The tag of an entry of a card's TLB: whose page it is, and what may be done to it. 0 is the empty entry.</summary>
/// <remarks>
/// <code>
///   bits 63-12  the page's address
///   bits 11-4   the address space: its number on the card, from 0 to 255
///   bit  3      prefetched store: the right to store was prefetched and has not been used
///   bit  2      prefetched: the entry was prefetched and has not been used
///   bit  1      stores are allowed
///   bit  0      present; loads are allowed
/// </code>
/// A device that uses a prefetched entry clears the marks with a compare-exchange. Everything else changes under the card's lock.
/// </remarks>
internal readonly record struct CardTag(ulong Value)
{
    /// <summary>How many address spaces the tags of one card can tell apart.</summary>
    internal const int MaxContexts = 256;

    private const int ContextShift = 4;
    private const ulong PresentBit = 1 << 0;
    private const ulong StoreBit = 1 << 1;
    private const ulong PrefetchedBit = 1 << 2;
    private const ulong PrefetchedStoreBit = 1 << 3;
    private const ulong KeyMask = ~(StoreBit | PrefetchedBit | PrefetchedStoreBit);

    internal static CardTag Empty => default;

    internal bool IsPresent => (Value & PresentBit) != 0;

    internal bool AllowsStores => (Value & StoreBit) != 0;

    /// <summary>Whether something of it was prefetched and has not been used.</summary>
    internal bool IsUnusedPrefetch => (Value & (PrefetchedBit | PrefetchedStoreBit)) != 0;

    /// <summary>Whether no device ever used it.</summary>
    internal bool WasNeverUsed => (Value & PrefetchedBit) != 0;

    /// <summary>The address space's number on the card.</summary>
    internal int Context => (int)(Value >> ContextShift) & (MaxContexts - 1);

    internal VirtualAddress Page => new(Value & ~MmuNotifiers.Page.OffsetMask);

    /// <summary>The tag of a page that may only be read.</summary>
    internal static CardTag Of(int context, VirtualAddress address) =>
        new((address.Value & ~MmuNotifiers.Page.OffsetMask) | ((ulong)context << ContextShift) | PresentBit);

    /// <summary>Whether both are of the same page of the same address space.</summary>
    internal bool IsSamePageAs(CardTag other) => ((Value ^ other.Value) & KeyMask) == 0;

    /// <summary>Whether a device may do <paramref name="access"/> without a fault.</summary>
    internal bool Allows(AccessRights access) => (access & AccessRights.Write) == 0 || AllowsStores;

    /// <summary>The tag as an access leaves it.</summary>
    internal CardTag Used(AccessRights access) => (access & AccessRights.Write) != 0 || WasNeverUsed
        ? new(Value & ~(PrefetchedBit | PrefetchedStoreBit))
        : this;

    internal CardTag WithStores() => new(Value | StoreBit);

    internal CardTag WithoutStores() => new(Value & ~(StoreBit | PrefetchedStoreBit));

    internal CardTag Prefetched() => new(Value | PrefetchedBit);

    internal CardTag PrefetchedStores() => new(Value | StoreBit | PrefetchedStoreBit);
}
