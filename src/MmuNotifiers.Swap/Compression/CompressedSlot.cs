namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="CompressedSwapStore"/> remembers of a slot: 16 bytes. Guarded by the store's lock.</summary>
internal struct CompressedSlot
{
    /// <summary>The word of a filled page; the place in the log of a packed one.</summary>
    internal ulong Word;

    /// <summary>How many bytes a packed page has in the log.</summary>
    internal ushort PackedBytes;

    /// <summary>Where the content is.</summary>
    internal CompressedState State;

    /// <summary>
    /// Whether a write of this slot to the store behind is under way for room's sake. Stays set when the content changes meanwhile, so that nobody else
    /// writes the slot there.
    /// </summary>
    internal bool IsWrittenBack;

    /// <summary>Whether the content is at a place of the log.</summary>
    internal readonly bool IsAt(LogPlace place) => State == CompressedState.Packed && Word == place.Value;
}
