namespace MmuNotifiers.Primary;

/// <summary>How <see cref="AddressSpace.Move"/> may go about it; see mremap(2). The values are Linux'.</summary>
[Flags]
public enum MoveFlags
{
    /// <summary>In place only.</summary>
    None = 0,

    /// <summary>Elsewhere, if there is no room in place (MREMAP_MAYMOVE).</summary>
    MayMove = 1,

    /// <summary>To exactly the given address; what was mapped there goes (MREMAP_FIXED).</summary>
    Fixed = 2,

    /// <summary>The pages move, the old mapping stays and is empty (MREMAP_DONTUNMAP). The given address is a hint.</summary>
    DontUnmap = 4,
}
