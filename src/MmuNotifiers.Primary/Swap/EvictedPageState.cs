namespace MmuNotifiers.Primary;

/// <summary>How far the eviction of a page is.</summary>
internal enum EvictedPageState
{
    /// <summary>It stays in memory; only the eviction's reference is left to drop.</summary>
    Staying,

    /// <summary>It needs a slot.</summary>
    NeedsSlot,

    /// <summary>A slot was taken for it that nobody uses yet.</summary>
    HasSlot,

    /// <summary>It needs no slot: it may be dropped if nobody wrote to it since it was freed lazily, or its object keeps it or never had it written.</summary>
    Droppable,

    /// <summary>It is in the swap cache under its entry, and the slot is writing.</summary>
    Writing,

    /// <summary>A page of an object: it is mapped nowhere, and the file behind it has to be written before it can go.</summary>
    NeedsWriteBack,

    /// <summary>A page of an object: it has left the object, and nothing has to be kept.</summary>
    Dropped,
}
