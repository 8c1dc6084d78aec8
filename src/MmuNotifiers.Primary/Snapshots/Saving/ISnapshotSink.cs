namespace MmuNotifiers.Primary;

/// <summary>Where a snapshot is written, from its first byte to its last.</summary>
internal interface ISnapshotSink
{
    /// <summary>How many bytes were written.</summary>
    long Length { get; }

    /// <summary>Writes bytes behind those before. One call at a time; the bytes stay as they are until it is over.</summary>
    Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken);
}
