namespace MmuNotifiers.Primary;

/// <summary>A private page that is to be evicted; the eviction holds a reference on its frame, and has marked it as isolated.</summary>
internal struct EvictedPage
{
    /// <summary>What <see cref="Write"/> is while nothing is written.</summary>
    internal const int NotWritten = -1;

    /// <summary>Its frame.</summary>
    internal required FrameNumber Frame { get; init; }

    /// <summary>Its slot, where the state says that it has one.</summary>
    internal SwapEntry Entry { get; set; }

    /// <summary>How far it is.</summary>
    internal EvictedPageState State { get; set; }

    /// <summary>Its number among the writes.</summary>
    internal int Write { get; set; }
}
