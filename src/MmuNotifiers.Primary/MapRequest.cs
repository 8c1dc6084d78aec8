namespace MmuNotifiers.Primary;

/// <summary>What AddressSpace.Map is asked for; the parameters of mmap(2).</summary>
/// <param name="LengthBytes">Length in bytes; rounded up to pages.</param>
/// <param name="Rights">PROT_READ, PROT_WRITE, PROT_EXEC.</param>
/// <param name="Flags">Private or shared, and how to place it.</param>
public readonly record struct MapRequest(ulong LengthBytes, AccessRights Rights, MapFlags Flags)
{
    /// <summary>Where the mapping should, or with a fixed flag must, start. Zero leaves it to the address space.</summary>
    public VirtualAddress Address { get; init; }

    /// <summary>The open object to map; null with <see cref="MapFlags.Anonymous"/>.</summary>
    public ObjectHandle? Object { get; init; }

    /// <summary>Where in the object the mapping starts, in bytes; page aligned.</summary>
    public ulong OffsetBytes { get; init; }
}
