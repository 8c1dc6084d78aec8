namespace MmuNotifiers.Swap;

/// <summary>How slots are grouped: 256 neighbours, 1 MiB of content.</summary>
internal static class SlotGroups
{
    /// <summary>Base-2 logarithm of the slots of a group.</summary>
    internal const int GroupShift = 8;

    /// <summary>The slots of a group.</summary>
    internal const int GroupSlots = 1 << GroupShift;

    /// <summary>A slot's place in its group.</summary>
    internal static int IndexOf(long slot) => (int)slot & (GroupSlots - 1);
}
