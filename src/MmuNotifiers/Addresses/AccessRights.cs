namespace MmuNotifiers;

/// <summary>What may be done, or is about to be done, to a page.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing: PROT_NONE.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Instruction fetches.</summary>
    Execute = 4,

    /// <summary>Loads and stores.</summary>
    ReadWrite = Read | Write,
}
