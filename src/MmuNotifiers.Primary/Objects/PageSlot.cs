namespace MmuNotifiers.Primary;

/// <summary>What a page cache knows of one page, as one word.</summary>
/// <remarks>
/// <code>
///   bits 0, 1   bits 2..63
///   0           0              absent: never made, or taken away
///   1           frame number   in memory
///   2           swap entry     evicted; the cache is a user of the swap slot
///   3           drop number    evicted without a trace: a file has its bytes, or it was zero; told apart from other times that it was
/// </code>
/// </remarks>
internal readonly record struct PageSlot
{
    private const ulong PresentTag = 1;
    private const ulong SwappedTag = 2;
    private const ulong DroppedTag = 3;
    private const ulong TagMask = 3;
    private const int PayloadShift = 2;

    private PageSlot(ulong bits) => Bits = bits;

    /// <summary>Nothing.</summary>
    internal static PageSlot Absent => default;

    /// <summary>The slot as one word.</summary>
    internal ulong Bits { get; }

    internal bool IsAbsent => Bits == 0;

    /// <summary>Whether there is a frame.</summary>
    internal bool IsPresent => (Bits & TagMask) == PresentTag;

    /// <summary>Whether the page lies in a swap slot.</summary>
    internal bool IsSwapped => (Bits & TagMask) == SwappedTag;

    /// <summary>Whether the page was evicted and is to be had without a swap slot.</summary>
    internal bool IsDropped => (Bits & TagMask) == DroppedTag;

    /// <summary>The frame of a page in memory.</summary>
    internal FrameNumber Frame => new(Bits >> PayloadShift);

    /// <summary>Where an evicted page lies.</summary>
    internal SwapEntry Entry => SwapEntry.Of(Bits >> PayloadShift);

    internal static PageSlot Present(FrameNumber frame) => new((frame.Value << PayloadShift) | PresentTag);

    internal static PageSlot Swapped(SwapEntry entry) => new((entry.Value << PayloadShift) | SwappedTag);

    /// <summary>The page was evicted, and nothing had to be kept.</summary>
    /// <param name="number">Another one each time, so that who began to read the page before it came and went again does not take his bytes for true.</param>
    internal static PageSlot Dropped(ulong number) => new((number << PayloadShift) | DroppedTag);

    internal static PageSlot Of(ulong bits) => new(bits);
}
