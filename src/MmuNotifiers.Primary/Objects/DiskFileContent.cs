using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Primary;

/// <summary>A file of the host as the content of a <see cref="FileObject"/>.</summary>
public sealed class DiskFileContent : IFileContent, IDisposable
{
    private static readonly byte[] Zeroes = new byte[64 << 10];

    private readonly SafeFileHandle _handle;

    private DiskFileContent(SafeFileHandle handle) => _handle = handle;

    /// <inheritdoc/>
    public ulong SizeBytes => (ulong)RandomAccess.GetLength(_handle);

    /// <summary>Opens an existing file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">Read, or read and write; without the right to write, write-back and resize are refused with EBADF.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The host denies the access.</exception>
    public static DiskFileContent Open(string path, FileAccess access) =>
        new(File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite));

    /// <inheritdoc/>
    public Errno Read(ulong offsetBytes, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                int read = RandomAccess.Read(_handle, destination, (long)offsetBytes);
                if (read == 0)
                {
                    destination.Clear();
                    break;
                }

                destination = destination[read..];
                offsetBytes += (ulong)read;
            }

            return Errno.None;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return ErrnoOf(exception);
        }
    }

    /// <inheritdoc/>
    public Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(_handle, source, (long)offsetBytes);
            return Errno.None;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return ErrnoOf(exception);
        }
    }

    /// <inheritdoc/>
    public Errno Resize(ulong bytes)
    {
        try
        {
            RandomAccess.SetLength(_handle, (long)bytes);
            return Errno.None;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return ErrnoOf(exception);
        }
    }

    /// <inheritdoc/>
    public Errno Zero(ulong offsetBytes, ulong endBytes)
    {
        Errno error = Errno.None;
        while (offsetBytes < endBytes && error == Errno.None)
        {
            int length = (int)Math.Min((ulong)Zeroes.Length, endBytes - offsetBytes);
            error = Write(offsetBytes, Zeroes.AsSpan(0, length));
            offsetBytes += (ulong)length;
        }

        return error;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>A handle without the right to do it is the caller's descriptor being wrong; anything else failed below.</summary>
    private static Errno ErrnoOf(Exception exception) => exception is IOException ? Errno.EIO : Errno.EBADF;
}
