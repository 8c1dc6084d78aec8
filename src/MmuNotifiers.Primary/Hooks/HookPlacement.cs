namespace MmuNotifiers.Primary;

/// <summary>When, relative to the change, a hook site calls its subscribers.</summary>
[Flags]
public enum HookPlacement
{
    /// <summary>Never.</summary>
    None = 0,

    /// <summary>A bracket around the change, outside the page-table lock.</summary>
    Bracket = 1,

    /// <summary>Caches over the primary's own table are flushed under the page-table lock.</summary>
    UnderPageTableLock = 2,

    /// <summary>What a current kernel does.</summary>
    Standard = Bracket | UnderPageTableLock,
}
