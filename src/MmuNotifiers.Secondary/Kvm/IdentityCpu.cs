namespace MmuNotifiers.Secondary.Kvm;

/// <summary>A virtual CPU of an <see cref="IdentityGuest"/>.</summary>
internal sealed class IdentityCpu(IdentityGuest guest, VirtualCpu cpu) : ISecondaryDevice
{
    private const ulong NoSlot = ulong.MaxValue;

    /// <summary>The number of the slot that was last seen to exist; slots stay.</summary>
    private ulong _knownSlot = NoSlot;

    public FaultResult Read(VirtualAddress address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = LengthInSlot(address, destination.Length);
            if (length == 0)
            {
                return FaultResult.NotMapped;
            }

            FaultResult result = cpu.Read(new GuestAddress(address.Value), destination[..length]);
            if (result != FaultResult.Success)
            {
                return result;
            }

            destination = destination[length..];
            address += (ulong)length;
        }

        return FaultResult.Success;
    }

    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int length = LengthInSlot(address, source.Length);
            if (length == 0)
            {
                return FaultResult.NotMapped;
            }

            FaultResult result = cpu.Write(new GuestAddress(address.Value), source[..length]);
            if (result != FaultResult.Success)
            {
                return result;
            }

            source = source[length..];
            address += (ulong)length;
        }

        return FaultResult.Success;
    }

    /// <summary>How much of an access lies in the slot of its first address, which exists on return; 0 if it cannot.</summary>
    private int LengthInSlot(VirtualAddress address, int length)
    {
        ulong slot = address.Value >> IdentityGuest.SlotShift;
        if (slot != _knownSlot)
        {
            if (!guest.EnsureSlot(address))
            {
                return 0;
            }

            _knownSlot = slot;
        }

        ulong left = (1UL << IdentityGuest.SlotShift) - (address.Value & ((1UL << IdentityGuest.SlotShift) - 1));
        return (int)Math.Min((ulong)length, left);
    }
}
