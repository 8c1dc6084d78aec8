namespace MmuNotifiers.Primary;

/// <summary>How far the eviction of an object's page is.</summary>
internal enum EvictedObjectState
{
    /// <summary>It is found, and perhaps mapped.</summary>
    Found,

    /// <summary>It stays in memory; only the eviction's reference is left to drop.</summary>
    Staying,

    /// <summary>It is mapped nowhere, and the file behind it has to be written before it can go.</summary>
    NeedsWriteBack,

    /// <summary>It has left the object, in whose page cache is its swap entry; it is in the swap cache, and the slot is writing.</summary>
    Writing,

    /// <summary>It has left the object, and nothing has to be kept.</summary>
    Dropped,
}
