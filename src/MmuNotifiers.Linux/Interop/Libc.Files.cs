using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>
/// The C library, as far as this assembly calls it: one part for each aspect. Every call leaves its error number for
/// <see cref="Marshal.GetLastPInvokeError"/>; pointers are the caller's to answer for.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>O_RDONLY.</summary>
    internal const int OpenReadOnly = 0;

    /// <summary>O_RDWR.</summary>
    internal const int OpenReadWrite = 2;

    /// <summary>O_NONBLOCK, the same for userfaultfd, eventfd and open.</summary>
    internal const int NonBlocking = 0x800;

    /// <summary>O_CLOEXEC, the same for userfaultfd, eventfd and open.</summary>
    internal const int CloseOnExec = 0x80000;

    /// <summary>POLLIN.</summary>
    internal const short PollIn = 1;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(nint descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(FileDescriptor descriptor, void* buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(FileDescriptor descriptor, void* buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(FileDescriptor descriptor, void* buffer, nuint bytes, long offset);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(FileDescriptor descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(FileDescriptor descriptor, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int CreateEvent(uint initial, int flags);
}
