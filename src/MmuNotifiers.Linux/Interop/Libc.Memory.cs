using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>Mappings and what lies behind them.</summary>
internal static unsafe partial class Libc
{
    /// <summary>PROT_READ | PROT_WRITE.</summary>
    internal const int ProtectReadWrite = 3;

    internal const int MapShared = 1;
    internal const int MapPrivate = 2;
    internal const int MapAnonymous = 0x20;
    internal const int MapNoReserve = 0x4000;

    internal const int AdviseDontNeed = 4;
    internal const int AdviseDontFork = 10;
    internal const int AdviseNoHugePage = 15;

    /// <summary>FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE.</summary>
    internal const int PunchHole = 3;

    /// <summary>MFD_CLOEXEC.</summary>
    internal const uint MemoryFileCloseOnExec = 1;

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint hint, nuint bytes, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Advise(nint address, nuint bytes, int advice);

    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(FileDescriptor descriptor, long bytes);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Allocate(FileDescriptor descriptor, int mode, long offset, long bytes);
}
