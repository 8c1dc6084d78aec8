using System.Text.RegularExpressions;

namespace MmuNotifiers.Repository.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_readmes_program_is_the_sample_that_is_compiled()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "samples/FirstSteps/Program.cs"));
        Assert.Equal(sample.Trim(), Fence("csharp").Match(readme).Groups[1].Value.Trim());
    }

    [Fact]
    public void The_readmes_program_does_what_it_says()
    {
        object? exitCode = System.Reflection.Assembly.Load("FirstSteps").EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void The_sample_of_snapshots_is_the_page_of_snapshots_and_does_what_it_says()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/snapshots.md"));
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "samples/Snapshots/Program.cs"));
        Assert.Equal(sample.Trim(), Fence("csharp sample").Match(page).Groups[1].Value.Trim());
        object? exitCode = System.Reflection.Assembly.Load("Snapshots").EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void Every_link_of_every_page_leads_somewhere()
    {
        List<string> broken = [];
        foreach (string page in Repository.Files("*.md"))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                string path = Path.Combine(Path.GetDirectoryName(page)!, target);
                if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !File.Exists(path) && !Directory.Exists(path))
                {
                    broken.Add($"{Repository.Name(page)}: {target}");
                }
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_readme()
    {
        HashSet<string> reached = [];
        Reach(Path.Combine(Repository.Root, "README.md"), reached);
        Assert.Empty(Repository.Files("*.md").Where(page => !reached.Contains(Path.GetFullPath(page))).Select(Repository.Name));
    }

    [Fact]
    public void Continuous_integration_finds_both_commands_of_the_readme()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Single(Fence("sh main").Matches(readme));
        Assert.Single(Fence("sh tests").Matches(readme));
    }

    private static void Reach(string page, HashSet<string> reached)
    {
        if (!File.Exists(page) || !reached.Add(Path.GetFullPath(page)))
        {
            return;
        }

        foreach (Match link in Link().Matches(File.ReadAllText(page)))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            if (target.EndsWith(".md", StringComparison.Ordinal))
            {
                Reach(Path.Combine(Path.GetDirectoryName(page)!, target), reached);
            }
        }
    }

    private static Regex Fence(string language) => new($"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
