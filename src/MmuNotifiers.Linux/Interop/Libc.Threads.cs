using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>The calling thread, and calls that the C library has no name for.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "gettid")]
    internal static partial int GetThreadId();

    /// <summary>Thread 0 is the calling one.</summary>
    [LibraryImport(Library, EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SetAffinity(int threadId, nuint bytes, void* processors);

    [LibraryImport(Library, EntryPoint = "sched_getaffinity", SetLastError = true)]
    internal static partial int GetAffinity(int threadId, nuint bytes, void* processors);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint argument1);
}
