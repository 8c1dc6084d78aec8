namespace MmuNotifiers.Primary;

/// <summary>Properties of an area beside its rights. Areas merge only if all are equal.</summary>
[Flags]
internal enum AreaFlags
{
    None = 0,

    /// <summary>Stores reach the object (MAP_SHARED).</summary>
    Shared = 1,

    /// <summary>A stack.</summary>
    GrowsDown = 2,

    /// <summary>Locked in memory.</summary>
    Locked = 4,

    /// <summary>Absent in children (MADV_DONTFORK).</summary>
    DontFork = 8,

    /// <summary>Zero pages in children (MADV_WIPEONFORK).</summary>
    WipeOnFork = 16,

    /// <summary>Ptes point at frames that belong to nobody here (RemapFrames); never counted, never written back.</summary>
    FrameMap = 32,

    /// <summary>Pages lie at other offsets of the object than the area says (RemapPages).</summary>
    Nonlinear = 64,

    /// <summary>The area existed with pages when this address space was forked; it never merges with one without pages.</summary>
    Inherited = 128,

    /// <summary>The heap.</summary>
    Heap = 256,
}
