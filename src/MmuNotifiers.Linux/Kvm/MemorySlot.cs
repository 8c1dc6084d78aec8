namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// A range of a guest's physical memory, and the memory of this process that lies behind it (KVM's memslot). Made by
/// <see cref="VirtualMachine"/>; disposal takes the memory away from the guest, which must not run into it meanwhile or gets an exit.
/// </summary>
public sealed class MemorySlot : IDisposable
{
    private readonly VirtualMachine _machine;

    internal MemorySlot(VirtualMachine machine, uint number, GuestPhysicalAddress start, IGuestMemory memory, AddressRange range, MemorySlotKind kind)
    {
        _machine = machine;
        Number = number;
        Start = start;
        Memory = memory;
        HostRange = range;
        Kind = kind;
        memory.WatchLostPages(TellLost);
    }

    /// <summary>Its number in the machine.</summary>
    public uint Number { get; }

    /// <summary>Where the guest sees it.</summary>
    public GuestPhysicalAddress Start { get; }

    /// <summary>The guest-physical address behind it.</summary>
    public GuestPhysicalAddress End => Start + HostRange.LengthBytes;

    /// <summary>Where it lies in this process.</summary>
    public AddressRange HostRange { get; }

    /// <summary>What the kernel does with it.</summary>
    public MemorySlotKind Kind { get; }

    internal IGuestMemory Memory { get; }

    /// <summary>
    /// Says which pages the guest wrote to since the last call or since the slot was added, and forgets them. Exact: each page that was
    /// written is in it, and no other. Writes by this process are not the guest's.
    /// </summary>
    /// <param name="pages">Receives a bit for each page of the slot, in words of 64; longer by up to 63 bits than the slot has pages.</param>
    /// <exception cref="InvalidOperationException">The slot does not log dirty pages.</exception>
    /// <exception cref="ArgumentException"><paramref name="pages"/> is too short.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void TakeDirtyPages(Span<ulong> pages) => _machine.TakeDirtyPages(this, pages);

    /// <summary>Reads the guest's memory. May block until pages are brought in.</summary>
    /// <param name="address">A guest-physical address; with the length inside the slot.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <returns>False if a page is lost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all inside the slot.</exception>
    public bool TryRead(GuestPhysicalAddress address, Span<byte> destination) => Memory.TryRead(Translate(address, destination.Length), destination);

    /// <summary>Writes the guest's memory. May block until pages are brought in.</summary>
    /// <param name="address">A guest-physical address; with the length inside the slot.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False if a page is lost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all inside the slot.</exception>
    public bool TryWrite(GuestPhysicalAddress address, ReadOnlySpan<byte> source) => Memory.TryWrite(Translate(address, source.Length), source);

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine.Delete(this);
        Memory.UnwatchLostPages(TellLost);
    }

    private void TellLost(VirtualAddress page)
    {
        if (HostRange.Contains(page))
        {
            _machine.TellLost(Start + (page - HostRange.Start));
        }
    }

    private VirtualAddress Translate(GuestPhysicalAddress address, int bytes)
    {
        ulong offset = address.Value - Start.Value;
        if (address < Start || offset > HostRange.LengthBytes || (ulong)bytes > HostRange.LengthBytes - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(address), $"{bytes} bytes at {address} are not inside the slot [{Start}, {End}).");
        }

        return HostRange.Start + offset;
    }
}
