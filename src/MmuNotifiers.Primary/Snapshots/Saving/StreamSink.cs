namespace MmuNotifiers.Primary;

/// <summary>A stream, which need not be able to seek.</summary>
internal sealed class StreamSink(Stream stream) : ISnapshotSink
{
    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken)
    {
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            Length += part.Length;
        }
    }
}
