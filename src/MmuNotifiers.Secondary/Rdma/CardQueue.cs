namespace MmuNotifiers.Secondary.Rdma;

/// <summary>A queue of a card through which one thread reads and writes a region.</summary>
internal sealed class CardQueue(CardPort port, MemoryRegion region) : ISecondaryDevice
{
    /// <inheritdoc/>
    public FaultResult Read(VirtualAddress address, Span<byte> destination) =>
        PagewiseAccess.Read(new Pages(port, region), address, destination);

    /// <inheritdoc/>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source) =>
        PagewiseAccess.Write(new Pages(port, region), address, source);

    private readonly struct Pages(CardPort port, MemoryRegion region) : IPagewiseDevice<VirtualAddress>
    {
        public static VirtualAddress Add(VirtualAddress address, int bytes) => address + (ulong)bytes;

        public int ReadPage(VirtualAddress address, Span<byte> destination) => port.Read(region, address, destination);

        public int WritePage(VirtualAddress address, ReadOnlySpan<byte> source) => port.Write(region, address, source);

        public FaultResult Fault(VirtualAddress address, AccessRights access) => port.Fault(region, address, access);
    }
}
