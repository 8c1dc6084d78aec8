namespace MmuNotifiers.Swap;

/// <summary>Where the content of a slot of a <see cref="CompressedSwapStore"/> is.</summary>
internal enum CompressedState : byte
{
    /// <summary>Nowhere.</summary>
    Empty = 0,

    /// <summary>It is one word over and over, which the slot's entry has.</summary>
    Filled,

    /// <summary>In the log, packed, or as it is where nothing stands behind.</summary>
    Packed,

    /// <summary>On its way to the store behind, whose outcome is not known yet.</summary>
    Passing,

    /// <summary>In the store behind.</summary>
    Behind,
}
