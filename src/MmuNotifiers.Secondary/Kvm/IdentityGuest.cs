using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// A guest whose physical memory is the host's address space, address for address: any host address can be accessed as a guest
/// would. Memory slots of 4 GiB are made where a device first touches, so that <see cref="ShadowMmu.MaxSlots"/> of them suffice
/// for the 47 bits of a process.
/// </summary>
public sealed class IdentityGuest : ISecondaryMmu
{
    /// <summary>Base-2 logarithm of a slot's size in bytes.</summary>
    internal const int SlotShift = 32;

    /// <summary>The end of what slots are made for: the width of a guest physical address.</summary>
    private const ulong AddressLimit = 1UL << 52;

    private readonly ShadowMmu _mmu;
    private readonly SharedLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private int _slots;

    /// <summary>Attaches the guest to an address space.</summary>
    /// <param name="primary">The address space.</param>
    /// <param name="attachment">Where the subscription hangs: at the guest, or at each slot.</param>
    public IdentityGuest(IPrimaryMmu primary, SlotAttachment attachment = SlotAttachment.Search)
    {
        _mmu = new ShadowMmu(primary, attachment);
        Attachment = attachment == SlotAttachment.Search ? "address space" : "memslot";
    }

    /// <inheritdoc/>
    public string Name => "KVM shadow MMU";

    /// <inheritdoc/>
    public string Attachment { get; }

    /// <inheritdoc/>
    public SecondaryStatistics Statistics => _mmu.Statistics;

    /// <inheritdoc/>
    public ISecondaryDevice AddDevice() => new IdentityCpu(this, _mmu.AddVirtualCpu());

    /// <inheritdoc/>
    public void Dispose() => _mmu.Dispose();

    /// <summary>Sees to it that a slot covers an address. Blocks while brackets are open, the first time for each slot.</summary>
    /// <returns>False if no slot can: the address is not one of user space, or all slots are in use.</returns>
    internal bool EnsureSlot(VirtualAddress address)
    {
        GuestFrameNumber frame = new(address.PageNumber);
        if (address.Value >= AddressLimit)
        {
            return false;
        }

        if (_mmu.FindSlot(frame) is not null)
        {
            return true;
        }

        using SharedLock.Scope scope = _lock.EnterScope();
        if (_mmu.FindSlot(frame) is not null)
        {
            return true;
        }

        if (_slots == ShadowMmu.MaxSlots)
        {
            return false;
        }

        VirtualAddress start = new(address.Value >> SlotShift << SlotShift);
        _mmu.AddMemorySlot(_slots++, new GuestFrameNumber(start.PageNumber), AddressRange.FromLength(start, 1UL << SlotShift));
        return true;
    }
}
