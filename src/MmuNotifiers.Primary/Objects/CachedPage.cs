namespace MmuNotifiers.Primary;

/// <summary>One entry of a page cache.</summary>
/// <param name="Index">The page's number within the object.</param>
/// <param name="Frame">The frame with its bytes.</param>
internal readonly record struct CachedPage(ulong Index, FrameNumber Frame);
