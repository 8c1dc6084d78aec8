namespace MmuNotifiers.Primary;

/// <summary>What is known of a frame that a secondary was given a translation of.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Generation">How often the frame had been freed then.</param>
/// <param name="Kind">How it is held.</param>
internal readonly record struct FrameHold(FrameNumber Frame, int Generation, FrameHoldKind Kind)
{
    internal bool IsNone => Kind == FrameHoldKind.None;
}
