using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// The signal that brings a thread out of KVM_RUN. Its handler does nothing and needs no code of ours: a function of the C library that takes no
/// argument and may be called from a handler, getpid, is installed as it is. No managed code ever runs in it.
/// </summary>
internal static unsafe class KickSignal
{
    /// <summary>A real-time signal: the kernel numbers them from 32 on; the first few are glibc's, and the runtime of .NET takes the next one.</summary>
    private const int Number = 42;

    private const nint ThreadKill = 234;

    private static readonly Lazy<bool> Installed = new(Install);

    /// <summary>Makes sure that the signal does not end the process. Called before the first kick can be.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void Prepare() => _ = Installed.Value;

    /// <summary>Sends it to a thread of this process that cannot have ended.</summary>
    public static void Send(int threadId) => _ = Libc.SystemCall(ThreadKill, Libc.GetProcessId(), threadId, Number);

    private static bool Install()
    {
        nint library = System.Runtime.InteropServices.NativeLibrary.Load("libc.so.6");
        SignalAction action = new()
        {
            Handler = System.Runtime.InteropServices.NativeLibrary.GetExport(library, "getpid"),
            Flags = Libc.RestartCalls,
        };

        // SAFETY: a structure of the stack; the function is in a library that is never unloaded.
        _ = LinuxException.ThrowIfFailed(Libc.SetSignalAction(Number, &action, null), "sigaction");
        return true;
    }
}
