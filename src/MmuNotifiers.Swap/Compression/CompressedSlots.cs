namespace MmuNotifiers.Swap;

/// <summary>The entries of all slots of a <see cref="CompressedSwapStore"/>. Guarded by the store's lock.</summary>
internal sealed class CompressedSlots(long slotCount)
{
    private readonly SlotDirectory<CompressedGroup> _groups = new(slotCount);

    /// <summary>How many slots there are.</summary>
    internal long Count => _groups.SlotCount;

    /// <summary>A slot's entry.</summary>
    internal ref CompressedSlot this[long slot] => ref _groups.GetOrAdd(slot).Slots[SlotGroups.IndexOf(slot)];

    /// <summary>Whether a slot's group was ever used; without, the slot is empty.</summary>
    internal bool IsKnown(long slot) => _groups.Find(slot) is not null;
}
