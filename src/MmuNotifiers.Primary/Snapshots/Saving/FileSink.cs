using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Primary;

/// <summary>
/// A file that appears under its name only when it is whole: until <see cref="Commit"/> it has another name in the same folder, and what was there
/// stays. Disposing without that deletes it.
/// </summary>
internal sealed class FileSink : ISnapshotSink, IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly SafeFileHandle _handle;
    private bool _isCommitted;

    internal FileSink(string path)
    {
        _path = path;
        _temporary = $"{path}.{Guid.NewGuid():n}.partial";
        _handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);
    }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_handle, parts, Length, cancellationToken).ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            Length += part.Length;
        }
    }

    /// <summary>Everything is written: forces it to the disk, and gives the file its name.</summary>
    internal void Commit()
    {
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        if (!_isCommitted)
        {
            File.Delete(_temporary);
        }
    }
}
