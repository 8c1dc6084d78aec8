namespace MmuNotifiers.Linux;

/// <summary>One page of an <see cref="EvictionBatch"/>. Belongs to the thread that evicts.</summary>
internal struct EvictedItem
{
    internal int Page;
    internal int Frame;

    /// <summary>Where it is to be written, or, if it is clean, where it is already; -1 where it was not given one.</summary>
    internal long Slot;

    /// <summary>Whether the store has the same bytes already.</summary>
    internal bool IsClean;

    /// <summary>Whether it is all zeroes, which nobody needs to write.</summary>
    internal bool IsZero;

    internal EvictionFate Fate;
}
