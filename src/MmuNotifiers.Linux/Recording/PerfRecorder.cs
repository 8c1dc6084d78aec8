using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Capabilities;

namespace MmuNotifiers.Linux.Recording;

/// <summary>
/// Records a program with perf: each page fault with its address and error code, each system call on the address space, each area that the kernel
/// makes, each new thread and each end. Standard input, output and error stay the program's own.
/// </summary>
public static class PerfRecorder
{
    private const string EventsDirectory = "/sys/kernel/tracing/events";

    /// <summary>Runs the command to its end, or until it is stopped by Ctrl-C or by the token; what was recorded up to then counts.</summary>
    /// <param name="options">What to record.</param>
    /// <param name="stop">Ends the recording early; perf then ends the program with SIGTERM.</param>
    /// <returns>The recording, or why there is none. Dispose the recording: it holds a large temporary file.</returns>
    public static RecordingResult Record(RecordingOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Command.Count, nameof(options));
        if (HostCapabilities.Recording.Reason is { } reason)
        {
            return new RecordingResult(null, reason);
        }

        if (HostCommand.Find(options.Command[0], options.WorkingDirectory) is null)
        {
            return new RecordingResult(null, $"The command {options.Command[0]} was not found, or it cannot be run.");
        }

        string dataPath = Path.Combine(options.TemporaryDirectory ?? Path.GetTempPath(), $"mmun-{Guid.NewGuid():n}.perf");
        DateTimeOffset began = DateTimeOffset.UtcNow;
        try
        {
            int exitCode = Run(options, dataPath, stop, out bool hugePagesDisabled);
            if (!File.Exists(dataPath) || new FileInfo(dataPath).Length == 0)
            {
                File.Delete(dataPath);
                return new RecordingResult(null, $"perf record ended with exit code {exitCode} and without data; its own message stands above.");
            }

            return new RecordingResult(
                new PerfRecording(dataPath, began, exitCode, HostCapabilities.Perf.Detail!, RecordingHost.Read(), hugePagesDisabled), null);
        }
        catch (Win32Exception refused)
        {
            File.Delete(dataPath);
            return new RecordingResult(null, $"perf could not be started: {refused.Message}.");
        }
    }

    private static int Run(RecordingOptions options, string dataPath, CancellationToken stop, out bool hugePagesDisabled)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using Process perf = Start(options, dataPath, out hugePagesDisabled);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ProcessSignals.SendInterrupt(perf.Id);
        });
        using (stop.Register(() => ProcessSignals.SendInterrupt(perf.Id)))
        {
            perf.WaitForExit();
        }

        return perf.ExitCode;
    }

    private static Process Start(RecordingOptions options, string dataPath, out bool hugePagesDisabled)
    {
        var start = new ProcessStartInfo("perf", Arguments(options, dataPath)) { WorkingDirectory = options.WorkingDirectory ?? string.Empty };
        using HugePageSwitch? off = options.KeepHugePages ? null : HugePageSwitch.TryDisable();
        hugePagesDisabled = off is not null;
        return Process.Start(start)!;
    }

    /// <summary>-d records data mappings too; -c 1 each event; the fixed clock makes times of all processors comparable.</summary>
    private static IEnumerable<string> Arguments(RecordingOptions options, string dataPath)
    {
        IEnumerable<string> events = PerfEvents.Of(EventsDirectory).SelectMany(name => new[] { "-e", name });
        return
        [
            "record", "-q", "-d", "-B", "-N", "-c", "1", "-k", "CLOCK_MONOTONIC",
            "-m", options.BufferPages.ToString(CultureInfo.InvariantCulture), "-o", dataPath, .. events, "--", .. options.Command,
        ];
    }
}
