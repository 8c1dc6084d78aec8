namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Traces => Path.Combine(Root, "traces");

    /// <summary>A checked-in excerpt of what perf script or strace print.</summary>
    public static string ExcerptPath(string name) => Path.Combine(Root, "tests", "MmuNotifiers.Lab.Tests", "Traces", "Data", name);

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MmuNotifiers.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("The repository's root was not found.");
    }
}
