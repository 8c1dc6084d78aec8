namespace MmuNotifiers.Secondary.Registration;

/// <summary>The life of a registered region.</summary>
/// <remarks>
/// <code>
///   New  --listed-->  Listed  --merged, evicted, invalidated-->  Retired  --nobody uses it-->  Free
///   New  --abandoned------------------------------------------------------------------------>  Free
/// </code>
/// </remarks>
internal enum RegionState
{
    /// <summary>It is being filled; only whoever registers it knows it.</summary>
    New,

    /// <summary>Look-ups find it.</summary>
    Listed,

    /// <summary>Look-ups do not find it any more; those who got it before may go on using it.</summary>
    Retired,

    /// <summary>It has no index and no subscription any more.</summary>
    Free,
}
