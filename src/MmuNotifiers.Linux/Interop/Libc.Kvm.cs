using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux;

/// <summary>What a virtual machine monitor calls beside ioctl: signals to one thread, and calls by their number.</summary>
internal static unsafe partial class Libc
{
    /// <summary>SA_RESTART: calls that can be, are restarted after the handler; KVM_RUN is not among them.</summary>
    internal const int RestartCalls = 0x10000000;

    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int SetSignalAction(int signal, SignalAction* action, SignalAction* previous);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint argument1, nint argument2, nint argument3);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint argument1, nint argument2, nint argument3, nint argument4);

    [LibraryImport(Library, EntryPoint = "getpid")]
    internal static partial int GetProcessId();
}
