namespace MmuNotifiers.Primary;

/// <summary>What a swap area is good for.</summary>
internal enum SwapAreaKind
{
    /// <summary>Evicted pages are written there.</summary>
    ReadWrite,

    /// <summary>Its pages are only read (a snapshot); what is dirtied after it came in goes to another area.</summary>
    ReadOnly,
}
