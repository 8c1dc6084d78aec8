using MmuNotifiers.Lab.Conformance;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>Finds the repository's own files from where the tests were built.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds the solution.</summary>
    internal static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MmuNotifiers.slnx")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds MmuNotifiers.slnx.");
        }
    }

    /// <summary>Every conformance case of the repository.</summary>
    internal static IReadOnlyList<ConformanceCase> ConformanceCases() =>
    [
        .. Directory.GetFiles(Path.Combine(Root, "conformance"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(ConformanceReader.ReadFile),
    ];
}
