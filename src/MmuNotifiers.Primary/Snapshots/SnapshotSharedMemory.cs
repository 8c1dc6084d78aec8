namespace MmuNotifiers.Primary;

/// <summary>What saving does about shared memory, which goes on changing while it is saved.</summary>
public enum SnapshotSharedMemory
{
    /// <summary>
    /// Each page is saved as it is when its turn comes: of the moment of the snapshot only if nobody stores to shared memory until the save is done. The
    /// whole object is saved, also what the address space does not map of it.
    /// </summary>
    SaveAsFound,

    /// <summary>An address space that maps shared memory is not saved.</summary>
    Refuse,
}
