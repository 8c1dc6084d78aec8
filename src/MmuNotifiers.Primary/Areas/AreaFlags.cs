namespace MmuNotifiers.Primary;

/// <summary>Properties of an area beside its rights. Areas merge only if all are equal.</summary>
[Flags]
internal enum AreaFlags
{
    None = 0,

    /// <summary>Stores reach the object (MAP_SHARED).</summary>
    Shared = 1,

    /// <summary>A stack.</summary>
    GrowsDown = 1 << 1,

    /// <summary>Locked in memory.</summary>
    Locked = 1 << 2,

    /// <summary>Absent in children (MADV_DONTFORK).</summary>
    DontFork = 1 << 3,

    /// <summary>Zero pages in children (MADV_WIPEONFORK).</summary>
    WipeOnFork = 1 << 4,

    /// <summary>Ptes point at frames that belong to nobody here (RemapFrames); never counted, never written back, never merged.</summary>
    FrameMap = 1 << 5,

    /// <summary>Pages lie at other offsets of the object than the area says (RemapPages).</summary>
    Nonlinear = 1 << 6,

    /// <summary>Private memory that was writable when it was made or later: Linux counts it against its commit limit.</summary>
    Accounted = 1 << 7,

    /// <summary>Mapped with MAP_NORESERVE: never <see cref="Accounted"/>.</summary>
    NoReserve = 1 << 8,

    /// <summary>Read in order (MADV_SEQUENTIAL).</summary>
    SequentialAccess = 1 << 9,

    /// <summary>Read in no order (MADV_RANDOM).</summary>
    RandomAccess = 1 << 10,

    /// <summary>Left out of core dumps (MADV_DONTDUMP).</summary>
    DontDump = 1 << 11,

    /// <summary>Equal pages may be merged (MADV_MERGEABLE), see <see cref="AddressSpace.MergeEqualPages"/>.</summary>
    Mergeable = 1 << 12,

    /// <summary>Huge pages are wanted (MADV_HUGEPAGE). Kept for layouts; only MADV_COLLAPSE makes any.</summary>
    HugePages = 1 << 13,

    /// <summary>Huge pages are not wanted (MADV_NOHUGEPAGE).</summary>
    NoHugePages = 1 << 14,
}
