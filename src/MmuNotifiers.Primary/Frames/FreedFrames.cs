namespace MmuNotifiers.Primary;

/// <summary>What happens to the bytes of a frame that is freed.</summary>
public enum FreedFrames
{
    /// <summary>They stay until the frame is used again.</summary>
    KeepBytes,

    /// <summary>They are overwritten, so that a use after free shows itself: for tests and checkers.</summary>
    Poisoned,
}
