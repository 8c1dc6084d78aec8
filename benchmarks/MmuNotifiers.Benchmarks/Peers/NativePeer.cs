using System.Diagnostics;
using System.Globalization;

namespace MmuNotifiers.Benchmarks.Peers;

/// <summary>
/// A peer in C, built from a source file of this project with the host's <c>cc</c> and kept running: it reads the name of a
/// measurement from standard input and answers with nanoseconds for one operation, so that it can be asked in turn with what it
/// is compared to.
/// </summary>
internal sealed class NativePeer : IDisposable
{
    private const string SkippedPrefix = "skipped: ";

    private readonly Process _process;
    private readonly string _directory;

    private NativePeer(Process process, string directory)
    {
        _process = process;
        _directory = directory;
    }

    /// <summary>Builds and starts a peer.</summary>
    /// <param name="source">The name of its source file in the folder Peers.</param>
    /// <param name="peer">The peer, if it runs.</param>
    /// <param name="reason">Otherwise why not, for the report.</param>
    /// <param name="libraries">What it is linked with: <c>-lucs</c>.</param>
    internal static bool TryStart(string source, out NativePeer? peer, out string reason, params string[] libraries)
    {
        peer = null;
        if (!OperatingSystem.IsLinux())
        {
            reason = "the peer makes system calls of Linux";
            return false;
        }

        string path = Path.Combine(AppContext.BaseDirectory, "Peers", source);
        string directory = Directory.CreateTempSubdirectory("mmu-notifiers-peer").FullName;
        string program = Path.Combine(directory, Path.GetFileNameWithoutExtension(source));
        if (!TryBuild(path, program, libraries, out reason))
        {
            Directory.Delete(directory, recursive: true);
            return false;
        }

        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        peer = new NativePeer(Process.Start(start)!, directory);
        return true;
    }

    /// <summary>Runs one measurement.</summary>
    /// <param name="measurement">Its name.</param>
    /// <param name="nanoseconds">The time of one operation.</param>
    /// <param name="reason">Why there is none.</param>
    internal bool TryMeasure(string measurement, out double nanoseconds, out string reason)
    {
        _process.StandardInput.WriteLine(measurement);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? SkippedPrefix + "the peer has ended";
        reason = answer.StartsWith(SkippedPrefix, StringComparison.Ordinal) ? answer[SkippedPrefix.Length..] : "the peer answered " + answer;
        return double.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out nanoseconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool TryBuild(string source, string program, string[] libraries, out string reason)
    {
        ProcessStartInfo start = new("cc", ["-O2", "-march=native", "-pthread", "-o", program, source, .. libraries]) { RedirectStandardError = true };
        try
        {
            using Process compiler = Process.Start(start)!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            reason = compiler.ExitCode == 0 ? string.Empty : $"cc could not build {Path.GetFileName(source)}: {errors.ReplaceLineEndings(" ")}";
            return compiler.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            reason = "no C compiler (cc) on this host";
            return false;
        }
    }
}
