namespace MmuNotifiers.Primary;

/// <summary>How far the eviction of a private page is.</summary>
internal enum EvictedPageState
{
    /// <summary>It stays in memory; only the eviction's reference is left to drop.</summary>
    Staying,

    /// <summary>It needs a slot.</summary>
    NeedsSlot,

    /// <summary>It may be dropped if nobody wrote to it since it was freed lazily: it needs no slot.</summary>
    Droppable,

    /// <summary>It is in the swap cache under its entry, and the slot is writing.</summary>
    Writing,
}
