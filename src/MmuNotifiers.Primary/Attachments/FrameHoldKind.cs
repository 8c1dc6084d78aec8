namespace MmuNotifiers.Primary;

/// <summary>How a frame is held for a secondary.</summary>
internal enum FrameHoldKind
{
    /// <summary>There is nothing to hold.</summary>
    None,

    /// <summary>Not at all: only its generation is known.</summary>
    Noted,

    /// <summary>By a reference: it is not freed.</summary>
    Referenced,

    /// <summary>By a pin: it is not freed, and stays the page's alone, so that fork copies it.</summary>
    Pinned,
}
