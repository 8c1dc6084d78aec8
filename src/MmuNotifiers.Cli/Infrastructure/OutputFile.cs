namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The file that a command makes, and what is said when it cannot.</summary>
internal static class OutputFile
{
    /// <summary>Says what is wrong with a name before any work is done.</summary>
    /// <exception cref="CommandException">It is a directory, or lies in none.</exception>
    public static string Require(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.CannotWrite, $"{path}: expected the name of a file, this is a directory");
        }

        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(directory)
            ? path
            : throw new CommandException(ExitCode.CannotWrite, $"{path}: the directory does not exist");
    }

    /// <summary>Does work that writes the file.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"{path}: cannot be written: {problem.Message}", problem);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });
}
