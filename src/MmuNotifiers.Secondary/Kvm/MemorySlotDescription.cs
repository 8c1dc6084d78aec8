namespace MmuNotifiers.Secondary.Kvm;

/// <summary>A memory slot that is to be made.</summary>
/// <param name="Id">Its number, below <see cref="ShadowMmu.MaxSlots"/>.</param>
/// <param name="FirstFrame">Its first guest frame.</param>
/// <param name="UserRange">The host addresses, page aligned and not empty. They need not be mapped yet.</param>
/// <param name="Flags">How it may be used.</param>
public readonly record struct MemorySlotDescription(
    int Id, GuestFrameNumber FirstFrame, AddressRange UserRange, MemorySlotFlags Flags = MemorySlotFlags.None);
