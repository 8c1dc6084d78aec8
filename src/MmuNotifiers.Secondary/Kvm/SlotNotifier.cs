namespace MmuNotifiers.Secondary.Kvm;

/// <summary>What a slot's own subscription calls: it knows its slot, so nothing is searched.</summary>
internal sealed class SlotNotifier(ShadowMmu mmu, MemorySlot slot) : IIntervalNotifier, IAgingNotifier
{
    /// <summary>The slot; exchanged with its flags under the mmu lock.</summary>
    internal MemorySlot Slot { get; set; } = slot;

    /// <inheritdoc/>
    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence) =>
        mmu.InvalidateSlot(this, subscription, in range, sequence);

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => Slot.ClearYoung(range);

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => Slot.ClearYoung(range);

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => Slot.ClearYoung(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => Slot.IsYoung(address);
}
