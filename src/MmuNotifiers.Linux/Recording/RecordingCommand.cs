using System.ComponentModel;
using System.Diagnostics;

namespace MmuNotifiers.Linux.Recording;

/// <summary>Runs a program and reads what it prints.</summary>
internal static class RecordingCommand
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

    /// <summary>Where a command lies: as it is with a slash, else the first in PATH; null if it is nowhere.</summary>
    public static string? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(command) ? command : null;
        }

        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Select(directory => Path.Combine(directory, command)).FirstOrDefault(File.Exists);
    }
}
