namespace MmuNotifiers.Primary;

/// <summary>A page that is to be evicted; the eviction holds a reference on its frame, and has marked it as isolated.</summary>
internal struct EvictedPage
{
    /// <summary>What <see cref="Write"/> is while nothing is written.</summary>
    internal const int NotWritten = -1;

    /// <summary>How pages like it go.</summary>
    internal required EvictionKind Kind { get; init; }

    /// <summary>Its frame.</summary>
    internal required FrameNumber Frame { get; init; }

    /// <summary>The object that it is a page of; null for a private page.</summary>
    internal MemoryObject? Target { get; init; }

    /// <summary>The page's number within the object.</summary>
    internal ulong Index { get; init; }

    /// <summary>Whether a pte of a page of an object says that the page was written.</summary>
    internal bool IsWrittenThroughPte { get; set; }

    /// <summary>Whether it stays for something that <see cref="Standstill"/> is told the end of.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Its slot, where the state says that it has one.</summary>
    internal SwapEntry Entry { get; set; }

    /// <summary>How far it is.</summary>
    internal required EvictedPageState State { get; set; }

    /// <summary>Its number among the writes to the swap store, or <see cref="NotWritten"/>.</summary>
    internal int Write { get; set; }
}
