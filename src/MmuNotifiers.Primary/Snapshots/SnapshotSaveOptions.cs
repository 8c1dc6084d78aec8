namespace MmuNotifiers.Primary;

/// <summary>How an address space is saved.</summary>
public sealed class SnapshotSaveOptions
{
    /// <summary>What happens to shared memory.</summary>
    public SnapshotSharedMemory SharedMemory { get; init; }

    /// <summary>
    /// Gives the name under which <see cref="SnapshotLoadOptions.OpenFile"/> finds a mapped file again: a path, a hash, whatever the caller
    /// likes, at most 4096 bytes of UTF-8. The bytes of files are not saved, private copies of their pages are. Null, or an answer of null: an address
    /// space that maps the file is not saved.
    /// </summary>
    public Func<FileObject, string?>? NameFile { get; init; }
}
