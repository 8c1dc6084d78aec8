using System.Text.RegularExpressions;
using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Mistakes;

/// <summary>What the pages about writing and checking a secondary say is so.</summary>
public sealed partial class PageTests
{
    /// <summary>Set to 1 to have the picture drawn anew instead of compared.</summary>
    private const string DrawVariable = "MMUN_DRAW_PICTURES";

    private const string Picture = "docs/images/count-without-sequence.svg";

    /// <summary>More lines would be more than one mistake.</summary>
    private const int MostLinesOfAMistake = 10;

    [Fact]
    public void The_pages_code_is_the_sample_that_is_compiled()
    {
        string[] fences = [.. Fence().Matches(RepositoryFiles.Read("docs/writing-a-secondary.md")).Select(fence => fence.Groups[1].Value)];
        Assert.Equal([RepositoryFiles.Read("samples/WritingASecondary/PageMirror.cs"), RepositoryFiles.Read("samples/WritingASecondary/Program.cs"), RepositoryFiles.Read("samples/WritingASecondary/UnderPressure.cs")], fences);
    }

    [Fact]
    public void The_pages_race_check_passes_to_exhaustion() =>
        Assert.Equal(0, System.Reflection.Assembly.Load("WritingASecondary").EntryPoint!.Invoke(null, [Array.Empty<string>()]));

    [Fact]
    public void Each_mistake_is_the_pages_code_but_for_few_lines()
    {
        string[] page = RepositoryFiles.Read("samples/WritingASecondary/PageMirror.cs").Split('\n');
        string[] mistakes = [.. Directory.GetFiles(RepositoryFiles.PathOf("tests/MmuNotifiers.Checking.Tests/Mistakes"), "*.cs")
            .Where(file => File.ReadAllText(file).Contains("with one mistake", StringComparison.Ordinal) && !file.EndsWith("Tests.cs", StringComparison.Ordinal))];
        Assert.True(mistakes.Length >= 6);
        foreach (string mistake in mistakes)
        {
            string name = Path.GetFileNameWithoutExtension(mistake);
            string[] lines = File.ReadAllText(mistake).Replace(name, "PageMirror", StringComparison.Ordinal).Replace("internal sealed", "public sealed", StringComparison.Ordinal).Split('\n');
            int added = lines.Count(line => !page.Contains(line)) - HeadLines;
            int removed = page.Count(line => !lines.Contains(line)) - HeadLines;
            Assert.InRange(added + removed, 1, MostLinesOfAMistake);
        }
    }

    [Fact]
    public void The_picture_of_the_page_is_what_the_checker_draws()
    {
        RaceCheckOptions fewest = new() { Search = SearchStrategy.BoundedPreemptions, Preemptions = 2, Shrink = false };
        string drawn = RaceCheck.Explore(RaceScenario
            .Over(primary => new CountsOnly(primary), mirror => mirror)
            .Named("count without sequence")
            .Pages(2)
            .Thread("device", t => t.DeviceRead(0))
            .Thread("CPU", t => t.Unmap(0)), fewest).AssertBroken(Invariants.StaleInstall).Timeline.ToSvg() + "\n";
        if (Environment.GetEnvironmentVariable(DrawVariable) == "1")
        {
            File.WriteAllText(RepositoryFiles.PathOf(Picture), drawn);
        }

        Assert.Equal(RepositoryFiles.Read(Picture), drawn);
    }

    /// <summary>The namespace and the summary differ in each.</summary>
    private const int HeadLines = 2;

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
