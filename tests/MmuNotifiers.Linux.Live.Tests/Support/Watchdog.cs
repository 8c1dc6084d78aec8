using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Live.Tests.Support;

/// <summary>
/// Ends this process with SIGALRM if it is not disposed in time. Of the kernel's, since a managed thread that waits for a fault which managed code must
/// serve can keep the collector, and with it every managed timer, waiting for ever.
/// </summary>
internal sealed partial class Watchdog : IDisposable
{
    internal Watchdog(TimeSpan time) => _ = Alarm((uint)time.TotalSeconds);

    /// <inheritdoc/>
    public void Dispose() => _ = Alarm(0);

    [LibraryImport("libc", EntryPoint = "alarm")]
    private static partial uint Alarm(uint seconds);
}
