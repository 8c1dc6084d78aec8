using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Comparison;

/// <summary>The comparison of every attachment over the shipped recordings, run once for all tests that look at it.</summary>
internal static class ShippedComparison
{
    private static readonly Lazy<ComparisonReport> Once = new(() => Run(rounds: 1));

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What it found with one round, which suffices for the counts.</summary>
    public static ComparisonReport Report => Once.Value;

    /// <summary>Runs the comparison.</summary>
    public static ComparisonReport Run(int rounds)
    {
        ComparedTrace[] traces = [.. Directory.EnumerateFiles(Path.Combine(Root, "traces"), "*.mmtrace")
            .Order(StringComparer.Ordinal)
            .Select(path => new ComparedTrace(Path.GetFileNameWithoutExtension(path), Load(path)))];
        return TraceComparison.Run(
            traces, new ComparisonOptions { Rounds = rounds }, cancellation: TestContext.Current.CancellationToken);
    }

    private static ReplayScript Load(string path)
    {
        using TraceReader reader = TraceReader.Open(path);
        return ReplayScript.Load(reader, TestContext.Current.CancellationToken);
    }

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
