namespace MmuNotifiers.Primary;

/// <summary>One entry of a page cache.</summary>
/// <param name="Index">The page's number within the object.</param>
/// <param name="Slot">What the cache knows of it.</param>
internal readonly record struct CachedPage(ulong Index, PageSlot Slot)
{
    /// <summary>The frame with its bytes, if it is in memory.</summary>
    internal FrameNumber Frame => Slot.Frame;
}
