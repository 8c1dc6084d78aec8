namespace MmuNotifiers.Primary;

/// <summary>
/// What the word of counts of a frame is made of: references in the low half, mappings (ptes that point here) in the high half, so that one
/// atomic step moves both. A mapping holds a reference; so do the page cache, a pin, and whoever looks at the frame outside a leaf's lock.
/// </summary>
internal static class FrameCounts
{
    /// <summary>One reference.</summary>
    internal const long OneReference = 1;

    /// <summary>One mapping, which also holds one reference.</summary>
    internal const long OneMapping = (1L << 32) | OneReference;
}
