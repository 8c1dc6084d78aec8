namespace MmuNotifiers.Linux.Recording;

/// <summary>Whether this host can record, and if not, what it lacks.</summary>
/// <param name="IsAvailable">True if a recording can be made.</param>
/// <param name="Reason">What is lacking and how to get it; null if nothing is.</param>
/// <param name="PerfVersion">What <c>perf --version</c> says, null without perf.</param>
public sealed record RecordingCapability(bool IsAvailable, string? Reason, string? PerfVersion)
{
    private const string EventsDirectory = "/sys/kernel/tracing/events";

    /// <summary>Looks at this host: Linux, x86-64, perf in the path, tracefs that may be read, and the fault tracepoints.</summary>
    public static RecordingCapability Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Lacking("Recording needs Linux.");
        }

        string? version = RecordingCommand.Output("perf", ["--version"])?.Trim();
        if (version is null)
        {
            return Lacking("perf was not found in PATH (Debian: apt-get install linux-perf).");
        }

        if (!CanRead(EventsDirectory))
        {
            return Lacking($"{EventsDirectory} cannot be read: record as root, or mount tracefs and give the right to read it.", version);
        }

        foreach (string tracepoint in PerfEvents.Required)
        {
            if (!PerfEvents.Exists(EventsDirectory, tracepoint))
            {
                return Lacking($"The kernel has no tracepoint {tracepoint} (x86-64 kernels with CONFIG_FTRACE_SYSCALLS do).", version);
            }
        }

        return new RecordingCapability(true, null, version);
    }

    private static RecordingCapability Lacking(string reason, string? version = null) => new(false, reason, version);

    private static bool CanRead(string directory)
    {
        try
        {
            return Directory.EnumerateDirectories(directory).Any();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
