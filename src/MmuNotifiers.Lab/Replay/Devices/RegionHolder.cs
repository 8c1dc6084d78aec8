using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// A device with a registration cache, as communication libraries use one: it gets the region of a buffer, transfers, and keeps the last few
/// regions for the next transfers, whatever the program does meanwhile. One that was invalidated it puts back.
/// </summary>
internal sealed class RegionHolder(RegistrationClient client) : ISecondaryDevice
{
    private const int MostHeld = 8;

    private readonly List<RegistrationHandle> _held = new(MostHeld);

    /// <inheritdoc/>
    public FaultResult Read(VirtualAddress address, Span<byte> destination) =>
        TryHold(address, destination.Length, AccessRights.Read, out RegistrationHandle handle) is var result and not FaultResult.Success
            ? result
            : client.Read(in handle, address, destination);

    /// <inheritdoc/>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source) =>
        TryHold(address, source.Length, AccessRights.Write, out RegistrationHandle handle) is var result and not FaultResult.Success
            ? result
            : client.Write(in handle, address, source);

    private FaultResult TryHold(VirtualAddress address, int lengthBytes, AccessRights rights, out RegistrationHandle handle)
    {
        AddressRange range = AddressRange.FromLength(address, (ulong)lengthBytes);
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            handle = _held[i];
            if (handle.IsInvalidated)
            {
                _held.RemoveAt(i);
                client.Put(in handle);
            }
            else if (handle.Range.Contains(range) && (handle.Rights & rights) == rights)
            {
                return FaultResult.Success;
            }
        }

        if (_held.Count == MostHeld)
        {
            client.Put(_held[0]);
            _held.RemoveAt(0);
        }

        FaultResult result = client.Get(range, rights, out handle);
        if (result == FaultResult.Success)
        {
            _held.Add(handle);
        }

        return result;
    }
}
