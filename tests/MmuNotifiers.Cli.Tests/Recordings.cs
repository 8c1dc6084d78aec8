namespace MmuNotifiers.Cli.Tests;

/// <summary>The recordings of the repository, and files made from them.</summary>
internal static class Recordings
{
    /// <summary>The smallest of the shipped recordings.</summary>
    public static string Smallest { get; } =
        new DirectoryInfo(Path.Combine(Root, "traces")).EnumerateFiles("*.mmtrace").OrderBy(file => file.Length).First().FullName;

    private static string Root
    {
        get
        {
            DirectoryInfo? directory = new(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MmuNotifiers.slnx")))
            {
                directory = directory.Parent;
            }

            return directory?.FullName ?? throw new DirectoryNotFoundException("The repository's root was not found.");
        }
    }
}
