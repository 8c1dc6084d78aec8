namespace MmuNotifiers.Primary;

/// <summary>
/// References and mappings (ptes that point here) of a frame at one moment: the low and the high half of one word, so that one atomic step moves
/// both. A mapping holds a reference; so do the page cache, a pin, and whoever looks at the frame outside a leaf's lock.
/// </summary>
internal readonly record struct FrameCounts(long Value)
{
    /// <summary>One reference.</summary>
    internal const long OneReference = 1;

    /// <summary>One mapping, which also holds one reference.</summary>
    internal const long OneMapping = (1L << 32) | OneReference;

    /// <summary>How many references there are, those of the mappings included.</summary>
    internal int References => (int)Value;

    /// <summary>How many ptes point at the frame.</summary>
    internal int Mappings => (int)(Value >> 32);
}
