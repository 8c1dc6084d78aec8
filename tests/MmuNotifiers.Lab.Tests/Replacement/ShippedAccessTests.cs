using System.Globalization;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Tests.Traces;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replacement;

/// <summary>The recordings with every access: they hold what their page says, and reclaim does on them what it is meant to do.</summary>
public sealed class ShippedAccessTests
{
    private const long TotalLimitBytes = 4 << 20;

    private static string Recordings { get; } = Path.Combine(RepositoryFiles.Traces, "accesses");

    public static TheoryData<string> Names { get; } =
        [.. Directory.GetFiles(Recordings, "*.mmtrace").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_three_and_they_are_small()
    {
        Assert.Equal(3, Names.Count);
        Assert.InRange(Directory.GetFiles(Recordings).Sum(path => new FileInfo(path).Length), 1, TotalLimitBytes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void At_half_of_the_peak_reclaim_has_no_more_refaults_than_LRU(string name)
    {
        RefaultCounts counts = AtHalf(name);
        Assert.InRange(counts.Optimum, 1000, long.MaxValue);
        Assert.InRange(counts.Reclaim, counts.Optimum, counts.LeastRecentlyUsed);
    }

    [Theory]
    [InlineData("sort-logs.mmtrace")]
    public void At_half_of_the_peak_reclaim_stays_within_one_and_a_half_optima(string name) =>
        Assert.InRange(AtHalf(name).ReclaimRatio ?? double.NaN, 1, 1.5);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_table_of_the_recordings_says_what_they_hold(string name)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFiles.Traces, "README.md"));
        string path = Path.Combine(Recordings, name);
        PageReferences references = Load(name);
        string row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {references.Accesses} | {references.Pages} | {references.PeakPages} | {new FileInfo(path).Length / 1024} KiB |");
        string line = page.Split('\n').Single(text => text.StartsWith($"| {Path.GetFileNameWithoutExtension(path)} ", StringComparison.Ordinal));
        Assert.EndsWith(row, line);
    }

    private static RefaultCounts AtHalf(string name)
    {
        PageReferences references = Load(name);
        return RefaultCounts.Of(references, references.PeakPages / 2);
    }

    private static PageReferences Load(string name)
    {
        using TraceReader reader = TraceReader.Open(Path.Combine(Recordings, name));
        return PageReferences.Load(reader);
    }
}
