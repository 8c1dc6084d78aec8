using System.Diagnostics;

namespace MmuNotifiers.Linux.Recording;

/// <summary>
/// What perf recorded. The data has no name any more: this process holds it open until <see cref="Dispose"/>, so that it goes away with the
/// process whichever way that ends.
/// </summary>
public sealed class PerfRecording : IDisposable
{
    private readonly FileStream _data;
    private Process? _script;

    internal PerfRecording(
        string dataPath, DateTimeOffset beganAt, int exitCode, string perfVersion, RecordingHost host, bool hugePagesDisabled)
    {
        _data = new FileStream(dataPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(dataPath);
        BeganAt = beganAt;
        ExitCode = exitCode;
        PerfVersion = perfVersion;
        Host = host;
        HugePagesDisabled = hugePagesDisabled;
    }

    /// <summary>When it began.</summary>
    public DateTimeOffset BeganAt { get; }

    /// <summary>The exit code of perf, which is the program's unless perf itself failed.</summary>
    public int ExitCode { get; }

    /// <summary>What perf calls itself.</summary>
    public string PerfVersion { get; }

    /// <summary>The host.</summary>
    public RecordingHost Host { get; }

    /// <summary>True if transparent huge pages were switched off for the program.</summary>
    public bool HugePagesDisabled { get; }

    /// <summary>A name by which perf can open what this process holds open (proc(5), /proc/pid/fd).</summary>
    private string OpenDataPath => $"/proc/{Environment.ProcessId}/fd/{_data.SafeFileHandle.DangerousGetHandle()}";

    /// <summary>
    /// The recording as <c>perf script</c> text, in the order of time, made while it is read. To be called once; <see cref="EndText"/> says whether it was
    /// whole.
    /// </summary>
    public TextReader OpenText()
    {
        if (_script is not null)
        {
            throw new InvalidOperationException("The text of a recording is read once.");
        }

        string[] arguments =
        [
            "script", "-f", "-i", OpenDataPath, "--show-mmap-events", "--show-task-events", "--show-lost-events", "--ns",
            "-F", "comm,pid,tid,cpu,time,event,trace",
        ];
        var start = new ProcessStartInfo("perf", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _script = Process.Start(start)!;
        _script.ErrorDataReceived += (_, _) => { };
        _script.BeginErrorReadLine();
        return _script.StandardOutput;
    }

    /// <summary>Waits for the end of <c>perf script</c>, after its text was read to the end.</summary>
    /// <returns>Null if the text was whole, else what went wrong.</returns>
    public string? EndText()
    {
        if (_script is null)
        {
            throw new InvalidOperationException("The text was not opened.");
        }

        _script.WaitForExit();
        return _script.ExitCode == 0 ? null : $"perf script ended with exit code {_script.ExitCode}: the text may not be whole.";
    }

    /// <summary>Lets the data go.</summary>
    public void Dispose()
    {
        if (_script is { } script)
        {
            if (!script.HasExited)
            {
                script.Kill();
                script.WaitForExit();
            }

            script.Dispose();
        }

        _data.Dispose();
    }
}
