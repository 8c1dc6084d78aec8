using System.CommandLine;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The trace that a command is given, and how it is opened.</summary>
internal static class TraceInput
{
    /// <summary>The argument that names the trace.</summary>
    public static Argument<string> CreateArgument() => InputArgument.Create("The trace (.mmtrace).");

    /// <summary>Opens a trace.</summary>
    /// <exception cref="CommandException">The file cannot be opened.</exception>
    /// <exception cref="TraceFormatException">It is not a trace.</exception>
    public static TraceReader Open(string path)
    {
        RequireFile(path);
        try
        {
            return TraceReader.Open(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadInput, $"{path}: cannot be opened: {problem.Message}", problem);
        }
    }

    /// <summary>Says what is wrong with a name before anything is opened.</summary>
    /// <exception cref="CommandException">There is no such file, or it is a directory.</exception>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.BadInput, $"{path}: expected a file, this is a directory");
        }

        if (!File.Exists(path))
        {
            throw new CommandException(ExitCode.BadInput, $"{path}: no such file");
        }
    }
}
