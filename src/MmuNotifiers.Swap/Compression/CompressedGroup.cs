namespace MmuNotifiers.Swap;

/// <summary>The entries of 256 neighbouring slots of a <see cref="CompressedSwapStore"/>.</summary>
internal sealed class CompressedGroup
{
    /// <summary>The entries. Guarded by the store's lock.</summary>
    internal CompressedSlot[] Slots { get; } = new CompressedSlot[SlotGroups.GroupSlots];
}
