using System.ComponentModel;
using System.Diagnostics;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>Finds programs of this host, and reads what a short one prints.</summary>
internal static class HostCommand
{
    /// <summary>The output of a short command, or null if it is not there or fails.</summary>
    public static string? Output(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Where a command lies: with a slash from the directory it will run in, else the first in PATH; null if nothing there can be run.</summary>
    public static string? Find(string command, string? workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            string path = Path.GetFullPath(command, Path.GetFullPath(workingDirectory ?? "."));
            return IsExecutable(path) ? path : null;
        }

        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Select(directory => Path.Combine(directory, command)).FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Execute) != 0;
    }
}
