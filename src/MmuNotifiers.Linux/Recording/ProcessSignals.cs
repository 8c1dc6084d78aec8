using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Recording;

/// <summary>Signals to processes that this one started.</summary>
internal static partial class ProcessSignals
{
    private const int Interrupt = 2;

    /// <summary>Sends SIGINT. A process that has ended meanwhile is none of our business.</summary>
    public static void SendInterrupt(int processId) => _ = Kill(processId, Interrupt);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
