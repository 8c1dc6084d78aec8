namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// A transfer for a <see cref="DmaEngine"/>: bytes of one region to another, of the same address space or another one of the same card.
/// What happens to a byte that source and target share is not defined.
/// </summary>
/// <param name="Id">The caller's name for it, found again in the completion.</param>
/// <param name="Source">Where the bytes come from; it must allow loads.</param>
/// <param name="From">The first address there.</param>
/// <param name="Target">Where they go; it must allow stores.</param>
/// <param name="To">The first address there.</param>
/// <param name="LengthBytes">How many bytes.</param>
public readonly record struct WorkRequest(
    ulong Id, MemoryRegion Source, VirtualAddress From, MemoryRegion Target, VirtualAddress To, ulong LengthBytes);
