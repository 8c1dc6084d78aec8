namespace MmuNotifiers.Linux;

/// <summary>What <see cref="PagedMemory"/> does wrong on purpose, so that a test that finds nothing wrong can be shown to be able to.</summary>
internal enum PagingMutation
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A page is written to the store without having been write-protected: stores that come meanwhile are lost.</summary>
    EvictsWithoutProtection,

    /// <summary>Subscribers are not told of evictions.</summary>
    EvictsWithoutBracket,

    /// <summary>A page that was protected is taken for clean although a store came since.</summary>
    KeepsSlotOfWrittenPage,
}
