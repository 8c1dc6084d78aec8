namespace MmuNotifiers.Primary;

/// <summary>What a fault may do with the frame of an evicted page.</summary>
internal enum SwapClaim
{
    /// <summary>The entry has another frame by now: look again.</summary>
    Gone,

    /// <summary>Map it without the right to write: others have the page too, or it is being written to the store.</summary>
    Shared,

    /// <summary>Map it as this pte's own.</summary>
    Exclusive,

    /// <summary>It belongs to pages that were merged with this one: make a copy.</summary>
    Foreign,
}
