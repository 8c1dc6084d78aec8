namespace MmuNotifiers.Primary;

/// <summary>
/// Shared memory, as a memfd or a file on tmpfs: zero pages on demand and nothing behind the cache but swap. Also what is behind a
/// shared anonymous mapping.
/// </summary>
/// <remarks>
/// Bytes that were stored through a mapping behind the end, but in the last page, stay there: they appear when the object
/// grows (tmpfs up to Linux 6.18); a truncation, even to the same size, makes them zero.
/// </remarks>
public sealed partial class SharedMemoryObject : MemoryObject
{
    /// <summary>Makes shared memory that is zero throughout. No frame is taken until a page is used.</summary>
    /// <param name="memory">Where the frames come from.</param>
    /// <param name="sizeBytes">The size in bytes, at most <see cref="MemoryObject.MaxSizeBytes"/>.</param>
    public SharedMemoryObject(PhysicalMemory memory, ulong sizeBytes)
        : base(memory, sizeBytes)
    {
    }

    private protected override FaultResult ReadUncached(ulong position, Span<byte> destination)
    {
        if (!IsAbsent(position >> Page.Shift))
        {
            return base.ReadUncached(position, destination);
        }

        destination.Clear();
        return FaultResult.Success;
    }
}
