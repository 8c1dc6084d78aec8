namespace MmuNotifiers.Lab.Traces;

/// <summary>What a program did with a page.</summary>
[Flags]
public enum PageAccessKinds
{
    /// <summary>Nothing; no recorded access has it.</summary>
    None = 0,

    /// <summary>It loaded from the page.</summary>
    Read = 1,

    /// <summary>It stored to the page.</summary>
    Write = 2,

    /// <summary>It fetched instructions from the page.</summary>
    Execute = 4,
}
