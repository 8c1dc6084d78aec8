using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Swap;

/// <summary>Opens swap files. The first page of one tells that it is one, so that a path by mistake destroys nothing; slots come behind it.</summary>
internal static class PageFiles
{
    /// <summary>Where the first slot begins.</summary>
    internal const long HeaderBytes = Page.SizeBytes;

    private static ReadOnlySpan<byte> Magic => "mmu-notifiers swap file, version 1\n"u8;

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="IOException">It is something else, in use, or the system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses.</exception>
    internal static IPageFile Open(FileSwapStoreOptions options, long slotCount)
    {
        bool isNew = !File.Exists(options.Path);
        long bytes = HeaderBytes + (slotCount << Page.Shift);
        SafeFileHandle handle = File.OpenHandle(
            options.Path,
            isNew ? FileMode.CreateNew : FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.None,
            FileOptions.None,
            isNew && options.IsPreallocated && !OperatingSystem.IsLinux() ? bytes : 0);
        bool isOurs = isNew;
        try
        {
            isOurs = isOurs || IsSwapFile(handle);
            if (!isOurs)
            {
                throw new IOException($"{options.Path}: holds something else than a swap file of this library; expected a new path, or one that a store made");
            }

            return Prepare(handle, options, bytes);
        }
        catch
        {
            handle.Dispose();
            if (isNew)
            {
                File.Delete(options.Path);
            }

            throw;
        }
    }

    private static bool IsSwapFile(SafeFileHandle handle)
    {
        Span<byte> head = stackalloc byte[Magic.Length];
        return RandomAccess.GetLength(handle) == 0 || (RandomAccess.Read(handle, head, 0) == head.Length && head.SequenceEqual(Magic));
    }

    private static IPageFile Prepare(SafeFileHandle handle, FileSwapStoreOptions options, long bytes)
    {
        // What a former store left is of no use, but its blocks are where they are wanted all the same.
        if (!options.IsPreallocated || RandomAccess.GetLength(handle) > bytes)
        {
            RandomAccess.SetLength(handle, 0);
        }

        RandomAccess.Write(handle, Magic, 0);
        if (OperatingSystem.IsWindows())
        {
            return options.IsDirect
                ? throw new IOException($"{options.Path}: direct access is not to be had here: only Linux has O_DIRECT")
                : new PortablePageFile(handle);
        }

        bool isShort = RandomAccess.GetLength(handle) < bytes;
        PosixPageFile file = new(handle);
        if (options.IsPreallocated)
        {
            file.Preallocate(options.Path, bytes);
        }

        if (options.IsDirect)
        {
            file.SetDirect(options.Path);
        }

        if (options is { IsDirect: true, IsPreallocated: true } && isShort)
        {
            file.WriteZeroes(options.Path, HeaderBytes, bytes - HeaderBytes);
        }

        return file;
    }
}
