namespace MmuNotifiers.Primary;

/// <summary>What <see cref="AddressSpace.ApplyToPageRange"/> is to do with a page.</summary>
public enum PageAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>The translation goes; the next access faults.</summary>
    Clear,

    /// <summary>The next store faults.</summary>
    WriteProtect,

    /// <summary>The accessed bit is cleared.</summary>
    MakeOld,
}
