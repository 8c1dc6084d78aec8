namespace MmuNotifiers.Secondary;

/// <summary>
/// Accesses of any length: page by page, each with a translation of its own, with a fault where there is none. Devices are structures, so
/// that each has code of its own without a call through an interface.
/// </summary>
internal static class PagewiseAccess
{
    /// <inheritdoc cref="ISecondaryDevice.Read"/>
    /// <param name="device">The device.</param>
    /// <param name="address">The first address.</param>
    /// <param name="destination">Receives the bytes. After a failure those in front of the failing page were read.</param>
    internal static FaultResult Read<TDevice, TAddress>(TDevice device, TAddress address, Span<byte> destination)
        where TDevice : struct, IPagewiseDevice<TAddress>
    {
        while (!destination.IsEmpty)
        {
            int done = device.ReadPage(address, destination);
            if (done == 0 && device.Fault(address, AccessRights.Read) is var result and not FaultResult.Success)
            {
                return result;
            }

            destination = destination[done..];
            address = TDevice.Add(address, done);
        }

        return FaultResult.Success;
    }

    /// <inheritdoc cref="ISecondaryDevice.Write"/>
    /// <param name="device">The device.</param>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes. After a failure those in front of the failing page were written.</param>
    internal static FaultResult Write<TDevice, TAddress>(TDevice device, TAddress address, ReadOnlySpan<byte> source)
        where TDevice : struct, IPagewiseDevice<TAddress>
    {
        while (!source.IsEmpty)
        {
            int done = device.WritePage(address, source);
            if (done == 0 && device.Fault(address, AccessRights.Write) is var result and not FaultResult.Success)
            {
                return result;
            }

            source = source[done..];
            address = TDevice.Add(address, done);
        }

        return FaultResult.Success;
    }
}
