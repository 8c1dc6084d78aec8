namespace MmuNotifiers.Lab.Traces;

/// <summary>MREMAP_* as the program passed it.</summary>
[Flags]
public enum LinuxRemapFlags : uint
{
    /// <summary>Grow or shrink in place only.</summary>
    None = 0,

    /// <summary>MREMAP_MAYMOVE.</summary>
    MayMove = 1,

    /// <summary>MREMAP_FIXED: move to the given new address and replace what is there.</summary>
    Fixed = 2,

    /// <summary>MREMAP_DONTUNMAP: the old range stays mapped, without its pages.</summary>
    DontUnmap = 4,
}
