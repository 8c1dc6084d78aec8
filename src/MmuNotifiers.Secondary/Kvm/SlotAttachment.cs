namespace MmuNotifiers.Secondary.Kvm;

/// <summary>How a bracket finds the memory slots that it is about.</summary>
public enum SlotAttachment
{
    /// <summary>
    /// One subscription to the whole address space: every bracket searches the slots, at its start and again at its end. KVM's way.
    /// </summary>
    Search,

    /// <summary>
    /// One subscription for each slot, over its addresses: from the subscription straight to the slot. Brackets elsewhere are not heard of,
    /// slots change without waiting for brackets.
    /// </summary>
    PerSlot,
}
