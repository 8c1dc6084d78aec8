namespace MmuNotifiers.Primary;

/// <summary>What a section of a snapshot holds. Each is there once, in this order.</summary>
internal enum SnapshotSectionKind
{
    /// <summary>The address space itself: its heap and flags.</summary>
    Space = 1,

    /// <summary>Shared memory and files.</summary>
    Objects = 2,

    /// <summary>Open objects.</summary>
    Handles = 3,

    /// <summary>Areas, ascending.</summary>
    Areas = 4,

    /// <summary>Where pages lie, in runs: those of the address space, then those of each object.</summary>
    Pages = 5,

    /// <summary>Addresses for which the pages say whether they were written since soft-dirty was cleared.</summary>
    SoftDirty = 6,

    /// <summary>The checksum of each slot.</summary>
    Checksums = 7,
}
