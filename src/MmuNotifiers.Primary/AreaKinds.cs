namespace MmuNotifiers.Primary;

/// <summary>Properties of an area that a layout shows.</summary>
[Flags]
public enum AreaKinds
{
    /// <summary>Private memory without any of these.</summary>
    None = 0,

    /// <summary>Stores reach the object.</summary>
    Shared = 1,

    /// <summary>A stack.</summary>
    GrowsDown = 2,

    /// <summary>Locked in memory.</summary>
    Locked = 4,

    /// <summary>Children do not get it.</summary>
    DontFork = 8,

    /// <summary>Children get it empty.</summary>
    WipeOnFork = 16,

    /// <summary>Frames that belong to nobody here are mapped in.</summary>
    FrameMap = 32,

    /// <summary>Pages show other pages of the object than the offset says.</summary>
    Nonlinear = 64,
}
