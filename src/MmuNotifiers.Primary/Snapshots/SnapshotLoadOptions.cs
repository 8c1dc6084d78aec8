namespace MmuNotifiers.Primary;

/// <summary>How an address space is loaded from a snapshot.</summary>
public sealed class SnapshotLoadOptions
{
    /// <summary>
    /// Layout and limits of the address space; null for those of a Linux process. The heap is that of the snapshot. What the snapshot has must fit into
    /// bounds and limits.
    /// </summary>
    public AddressSpaceOptions? AddressSpace { get; init; }

    /// <summary>
    /// Opens a file that the saved address space mapped. Its content should be what it was; nobody checks. Null, or an answer of null: an address
    /// space that maps the file is not loaded.
    /// </summary>
    public Func<SnapshotFile, FileObject?>? OpenFile { get; init; }
}
