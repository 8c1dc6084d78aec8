namespace MmuNotifiers.Swap;

/// <summary>How a <see cref="FileSwapStore"/> is made.</summary>
public sealed record FileSwapStoreOptions
{
    /// <summary>The size of a store that names none: 4 GiB.</summary>
    public const long DefaultSizeBytes = 4L << 30;

    /// <summary>
    /// The file. It is created, or was once created by a store and is used again; a file with any other content is refused. One store uses it at a time.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>How many bytes of pages it holds at most, rounded down to pages. The file has one page more.</summary>
    public long SizeBytes { get; init; } = DefaultSizeBytes;

    /// <summary>
    /// Whether the file system sets all blocks aside at once, so that no write finds it full; otherwise blocks come and go with the pages. With
    /// <see cref="IsDirect"/> a new file is written once, too, which takes the disk as long as that takes.
    /// </summary>
    public bool IsPreallocated { get; init; }

    /// <summary>
    /// Whether reads and writes go past the system's page cache (<c>O_DIRECT</c>, Linux): a write is then acknowledged by the medium and not by memory.
    /// </summary>
    public bool IsDirect { get; init; }

    /// <summary>Whether the file stays when the store is disposed. Its pages are of no use to another store: the checksums were in memory.</summary>
    public bool KeepsFile { get; init; }
}
