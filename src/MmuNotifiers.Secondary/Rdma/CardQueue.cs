namespace MmuNotifiers.Secondary.Rdma;

/// <summary>A queue of a card through which one thread reads and writes a region.</summary>
internal sealed class CardQueue(CardPort port, MemoryRegion region) : ISecondaryDevice
{
    /// <inheritdoc/>
    public FaultResult Read(VirtualAddress address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int done = port.Read(region, address, destination);
            if (done == 0 && port.Fault(region, address, AccessRights.Read) is var result and not FaultResult.Success)
            {
                return result;
            }

            destination = destination[done..];
            address += (ulong)done;
        }

        return FaultResult.Success;
    }

    /// <inheritdoc/>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int done = port.Write(region, address, source);
            if (done == 0 && port.Fault(region, address, AccessRights.Write) is var result and not FaultResult.Success)
            {
                return result;
            }

            source = source[done..];
            address += (ulong)done;
        }

        return FaultResult.Success;
    }
}
