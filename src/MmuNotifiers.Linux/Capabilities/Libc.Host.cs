using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>What an examination of the host asks.</summary>
internal static unsafe partial class Libc
{
    /// <summary>W_OK.</summary>
    internal const int MayWrite = 2;

    /// <summary>SYS_membarrier has the numbers 324 (x86-64) and 283 (ARM64); MEMBARRIER_CMD_QUERY is 0.</summary>
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Membarrier(nint number, int command, uint flags, int processor);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);
}
