namespace MmuNotifiers.Primary;

/// <summary>The book-keeping of one frame beside its <see cref="FrameCounts"/>, in native memory.</summary>
internal struct FrameState
{
    /// <summary>The page offset within the owner.</summary>
    internal ulong Index;

    /// <summary>Pins, each of which also holds a reference. Raised under the leaf's lock.</summary>
    internal int Pins;

    /// <summary><see cref="FrameFlags"/>; changed atomically.</summary>
    internal int Flags;

    /// <summary>How often the frame was freed: a translation that remembers another number is stale.</summary>
    internal int Generation;
}
