using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>The book-keeping of one frame, in native memory: two to a cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct FrameState
{
    /// <summary>One reference.</summary>
    internal const long OneReference = 1;

    /// <summary>One mapping, which also holds one reference.</summary>
    internal const long OneMapping = (1L << 32) | OneReference;

    /// <summary>
    /// References in the low half, mappings (ptes that point here) in the high half: one atomic step moves both. A mapping holds a
    /// reference; so do the page cache, a pin, and whoever looks at the frame outside a leaf's lock.
    /// </summary>
    internal long Counts;

    /// <summary>The page offset within the owner.</summary>
    internal ulong Index;

    /// <summary>Pins, each of which also holds a reference. Raised under the leaf's lock.</summary>
    internal int Pins;

    /// <summary><see cref="FrameFlags"/>; changed atomically.</summary>
    internal int Flags;

    /// <summary>How often the frame was freed: a translation that remembers another number is stale.</summary>
    internal int Generation;
}
