namespace MmuNotifiers.Primary;

/// <summary>How <see cref="AddressSpace.Sync"/> works; see msync(2). The values are Linux'.</summary>
[Flags]
public enum SyncFlags
{
    /// <summary>Neither: checks only.</summary>
    None = 0,

    /// <summary>Write back some time (MS_ASYNC). As in Linux this only checks.</summary>
    Async = 1,

    /// <summary>Fails if something is locked (MS_INVALIDATE).</summary>
    Invalidate = 2,

    /// <summary>Write back and wait for it (MS_SYNC).</summary>
    Sync = 4,
}
