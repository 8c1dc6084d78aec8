namespace MmuNotifiers.Primary;

/// <summary>What <see cref="AddressSpace.LockAll"/> locks; see mlockall(2). The values are Linux'.</summary>
[Flags]
public enum LockAllScope
{
    /// <summary>Nothing: refused.</summary>
    None = 0,

    /// <summary>What is mapped (MCL_CURRENT).</summary>
    Current = 1,

    /// <summary>What will be mapped (MCL_FUTURE).</summary>
    Future = 2,
}
