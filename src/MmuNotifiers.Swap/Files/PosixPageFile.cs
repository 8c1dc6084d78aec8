using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Swap;

/// <summary>A file through the system's own gathering reads and writes: no allocation, the exact error, and a short transfer tells how far it came.</summary>
internal sealed unsafe partial class PosixPageFile : IPageFile
{
    /// <summary>The most buffers of one call: every system has at least 1024, and a batch is rarely longer than this.</summary>
    private const int MostVectors = 256;

    private const int Interrupted = 4;
    private const int FileTooLarge = 27;
    private const int DeviceFull = 28;
    private const int LinuxQuotaExceeded = 122;
    private const int BsdQuotaExceeded = 69;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    private readonly SafeFileHandle _handle;

    /// <summary>Whether holes were refused, so that it is no use to ask again.</summary>
    private volatile bool _hasNoHoles = !OperatingSystem.IsLinux();

    /// <summary>Takes an open file over.</summary>
    internal PosixPageFile(SafeFileHandle handle) => _handle = handle;

    /// <inheritdoc/>
    public int Alignment { get; private set; } = 1;

    /// <summary>The flag of an open file that sends transfers past the page cache: it is the processor's, not the system's.</summary>
    private static int DirectFlag => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>Sends transfers past the page cache from now on.</summary>
    /// <exception cref="IOException">The file system does not do that.</exception>
    internal void SetDirect(string path)
    {
        int flags = OperatingSystem.IsLinux() ? ControlFile(_handle, GetFlags, 0) : -1;
        if (flags < 0 || ControlFile(_handle, SetFlags, flags | DirectFlag) < 0)
        {
            string reason = OperatingSystem.IsLinux() ? Marshal.GetLastPInvokeErrorMessage() : "only Linux has O_DIRECT";
            throw new IOException($"{path}: direct access is not to be had here: {reason}");
        }

        Alignment = Page.SizeBytes;
    }

    /// <summary>Sets all blocks aside.</summary>
    /// <exception cref="IOException">There is no space, or the file system cannot.</exception>
    internal void Preallocate(string path, long bytes)
    {
        // Elsewhere the runtime asked for the blocks when it created the file.
        if (OperatingSystem.IsLinux() && Allocate(_handle, 0, 0, bytes) != 0)
        {
            throw new IOException($"{path}: cannot set {bytes} bytes aside: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>
    /// Writes a part of the file once, since a block that was only set aside costs the file system a change of its own records, with a journal one that is
    /// waited for, when it is first written past the page cache.
    /// </summary>
    /// <exception cref="IOException">The system refuses.</exception>
    internal void WriteZeroes(string path, long offset, long bytes)
    {
        // SAFETY: one page of zeroes, aligned as direct access wants it, freed below; the system only reads it.
        byte* page = (byte*)NativeMemory.AlignedAlloc(Page.SizeBytes, Page.SizeBytes);
        try
        {
            NativeMemory.Clear(page, Page.SizeBytes);
            Span<nint> buffers = stackalloc nint[MostVectors];
            buffers.Fill((nint)page);
            for (long done = 0; done < bytes; done += (long)MostVectors << Page.Shift)
            {
                int pages = (int)Math.Min(MostVectors, (bytes - done) >> Page.Shift);
                PageFileResult result = Write(offset + done, buffers[..pages]);
                if (result.Error != PageFileError.None)
                {
                    throw new IOException($"{path}: cannot write {bytes} bytes: {result.Reason}");
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(page);
        }
    }

    /// <inheritdoc/>
    public PageFileResult Write(long offset, ReadOnlySpan<nint> buffers) => Transfer(&WriteVectors, offset, buffers);

    /// <inheritdoc/>
    public PageFileResult Read(long offset, ReadOnlySpan<nint> buffers) => Transfer(&ReadVectors, offset, buffers);

    /// <inheritdoc/>
    public bool TryPunchHole(long offset, long bytes)
    {
        _hasNoHoles = _hasNoHoles || Allocate(_handle, PunchHole | KeepSize, offset, bytes) != 0;
        return !_hasNoHoles;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private PageFileResult Transfer(
        delegate*<SafeFileHandle, IoVector*, int, long, nint> transfer, long offset, ReadOnlySpan<nint> buffers)
    {
        IoVector* vectors = stackalloc IoVector[Math.Min(buffers.Length, MostVectors)];
        long bytes = (long)buffers.Length << Page.Shift;
        for (long done = 0; done < bytes;)
        {
            // SAFETY: each vector lies inside one of the buffers, which the caller has pinned.
            nint moved = transfer(_handle, vectors, Remaining(buffers, done, vectors), offset + done);
            if (moved > 0)
            {
                done += moved;
                continue;
            }

            int error = moved == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return Ended((int)(done >> Page.Shift), error);
            }
        }

        return new PageFileResult(buffers.Length, PageFileError.None, Reason: null);
    }

    /// <summary>Describes what is left after some bytes, in as many vectors as one call takes.</summary>
    private static int Remaining(ReadOnlySpan<nint> buffers, long done, IoVector* vectors)
    {
        int first = (int)(done >> Page.Shift);
        int inside = (int)done & (Page.SizeBytes - 1);
        int count = Math.Min(buffers.Length - first, MostVectors);
        for (int i = 0; i < count; i++)
        {
            vectors[i] = new IoVector(buffers[first + i], Page.SizeBytes);
        }

        vectors[0] = new IoVector(buffers[first] + inside, Page.SizeBytes - inside);
        return count;
    }

    private static PageFileResult Ended(int pages, int error) => error switch
    {
        0 => new PageFileResult(pages, PageFileError.EndOfFile, "the file ends there"),
        DeviceFull or FileTooLarge => Ended(pages, error, PageFileError.NoSpace),
        LinuxQuotaExceeded when OperatingSystem.IsLinux() => Ended(pages, error, PageFileError.NoSpace),
        BsdQuotaExceeded when !OperatingSystem.IsLinux() => Ended(pages, error, PageFileError.NoSpace),
        _ => Ended(pages, error, PageFileError.Failed),
    };

    private static PageFileResult Ended(int pages, int error, PageFileError kind) =>
        new(pages, kind, $"{Marshal.GetPInvokeErrorMessage(error)} ({error})");

    [LibraryImport("libc", EntryPoint = "preadv", SetLastError = true)]
    private static partial nint ReadVectors(SafeFileHandle file, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    private static partial nint WriteVectors(SafeFileHandle file, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long bytes);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, int command, nint argument);

    /// <summary>The system's <c>struct iovec</c>.</summary>
    private readonly struct IoVector(nint address, nint bytes)
    {
        private readonly nint _address = address;
        private readonly nint _bytes = bytes;
    }
}
