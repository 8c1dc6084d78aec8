using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replay;

/// <summary>The recordings of the repository.</summary>
internal static class ShippedRecordings
{
    /// <summary>The names of those that hold first touches.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.mmtrace").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    /// <summary>The names of those that hold every access, with the folder.</summary>
    public static IEnumerable<string> AccessNames =>
        Directory.EnumerateFiles(Path.Combine(Folder, "accesses"), "*.mmtrace")
            .Select(path => $"accesses/{Path.GetFileNameWithoutExtension(path)}")
            .Order(StringComparer.Ordinal);

    private static string Folder
    {
        get
        {
            DirectoryInfo? directory = new(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MmuNotifiers.slnx")))
            {
                directory = directory.Parent;
            }

            return Path.Combine(directory?.FullName ?? throw new DirectoryNotFoundException("The repository's root was not found."), "traces");
        }
    }

    public static ReplayScript Load(string name)
    {
        using TraceReader reader = TraceReader.Open(Path.Combine(Folder, $"{name}.mmtrace"));
        return ReplayScript.Load(reader, TestContext.Current.CancellationToken);
    }
}
