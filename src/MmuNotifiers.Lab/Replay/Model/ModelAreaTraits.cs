namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>Properties of an area that decide what later calls do to it.</summary>
[Flags]
internal enum ModelAreaTraits
{
    None = 0,

    /// <summary>A stack.</summary>
    GrowsDown = 1,

    /// <summary>Absent in children.</summary>
    DontFork = 2,

    /// <summary>Zero in children.</summary>
    WipeOnFork = 4,

    /// <summary>Brought in as it is mapped.</summary>
    Locked = 8,

    /// <summary>Guard pages: no access, whatever the rights.</summary>
    Guard = 16,
}
