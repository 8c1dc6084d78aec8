namespace MmuNotifiers.Primary;

/// <summary>Where an object found a page that was asked for.</summary>
internal enum PageSource
{
    /// <summary>It was in memory.</summary>
    Cache,

    /// <summary>It is new, or came from the file for the first time.</summary>
    Made,

    /// <summary>It was evicted to swap.</summary>
    Swap,

    /// <summary>It was evicted, and came from the file again or is zero again.</summary>
    Reread,
}
