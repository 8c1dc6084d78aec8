namespace MmuNotifiers.Primary;

/// <summary>What is to be saved of an address space beside its description: areas and objects by the numbers that the description gives them.</summary>
/// <param name="Areas">The areas, ascending.</param>
/// <param name="Objects">The objects that they map.</param>
/// <param name="SoftDirtyCleared">Addresses whose ptes say whether they were written since soft-dirty was cleared; a copy.</param>
internal sealed record SnapshotContents(IReadOnlyList<Area> Areas, IReadOnlyList<MemoryObject> Objects, AddressRangeSet SoftDirtyCleared)
{
    /// <summary>About how many pages shared memory has at this moment.</summary>
    internal long SharedPages() => Objects.OfType<SharedMemoryObject>().Sum(static shared => shared.PagesWithContent().Count);
}
