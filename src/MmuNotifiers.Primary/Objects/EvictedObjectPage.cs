namespace MmuNotifiers.Primary;

/// <summary>A page of an object that is to be evicted; the eviction holds a reference on its frame, and has marked it as isolated.</summary>
internal struct EvictedObjectPage
{
    /// <summary>The object.</summary>
    internal required MemoryObject Target { get; init; }

    /// <summary>The page's number within the object.</summary>
    internal required ulong Index { get; init; }

    /// <summary>Its frame.</summary>
    internal required FrameNumber Frame { get; init; }

    /// <summary>How far it is.</summary>
    internal EvictedObjectState State { get; set; }

    /// <summary>Whether a pte that was seen says that the page was written.</summary>
    internal bool IsWrittenThroughPte { get; set; }

    /// <summary>Its swap slot, if it has one: see <see cref="HasSlot"/>, and in <see cref="EvictedObjectState.Writing"/>.</summary>
    internal SwapEntry Entry { get; set; }

    /// <summary>Whether a slot was taken for the page that nobody uses yet.</summary>
    internal bool HasSlot { get; set; }

    /// <summary>Its number among the writes to the swap store, or <see cref="EvictedPage.NotWritten"/>.</summary>
    internal int Write { get; set; }
}
