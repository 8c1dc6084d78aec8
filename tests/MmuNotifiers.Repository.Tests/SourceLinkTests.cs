using System.Text.RegularExpressions;

namespace MmuNotifiers.Repository.Tests;

/// <summary>Links of pages into the code: [`Type.Member`](path.cs) promises that the file has that member.</summary>
public sealed partial class SourceLinkTests
{
    private static readonly string MailPage = Path.Combine(Repository.Root, "docs", "mail.md");

    [Fact]
    public void Every_member_that_a_page_links_to_is_in_the_file()
    {
        List<string> broken = [];
        foreach (string page in Repository.Files("*.md"))
        {
            foreach (SourceLink link in LinksOf(page, File.ReadAllText(page)))
            {
                broken.AddRange(link.Missing().Select(name => $"{Repository.Name(page)}: {name} is not in {Repository.Name(link.File)}"));
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_statement_of_the_mail_is_answered_by_code_and_by_a_test_that_runs()
    {
        string[] statements = [.. Heading().Split(File.ReadAllText(MailPage)).Skip(1)];
        Assert.True(statements.Length > 10, $"Only {statements.Length} statements.");
        foreach (string statement in statements)
        {
            string title = statement.Split('\n')[0];
            SourceLink[] links = [.. LinksOf(MailPage, statement)];
            Assert.True(links.Any(link => link.IsIn("src")), $"No code answers: {title}");
            Assert.True(links.Any(link => link.IsIn("tests")), $"No test answers: {title}");
            Assert.All(links.Where(link => link.IsIn("tests")), link => Assert.True(link.IsTest(), $"{link.Name} is no test: {title}"));
        }
    }

    [Fact]
    public void A_link_to_a_member_that_is_not_there_is_found()
    {
        SourceLink link = new("Repository.NotThere", Path.Combine(Repository.Root, "tests/MmuNotifiers.Repository.Tests/Repository.cs"));
        Assert.Equal(["NotThere"], link.Missing());
        Assert.False(link.IsTest());
    }

    private static IEnumerable<SourceLink> LinksOf(string page, string text) => CodeLink().Matches(text).Select(match => new SourceLink(
        match.Groups[1].Value, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, match.Groups[2].Value))));

    [GeneratedRegex(@"\[`([^`\]]+)`\]\(([^)\s#]+\.cs)\)")]
    private static partial Regex CodeLink();

    [GeneratedRegex(@"^## ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    /// <summary>A link into the code.</summary>
    /// <param name="Name">The member, with its type or without.</param>
    /// <param name="File">The file that must have it.</param>
    private sealed partial record SourceLink(string Name, string File)
    {
        /// <summary>Whether it leads into one of the repository's folders.</summary>
        public bool IsIn(string folder) =>
            File.StartsWith(Path.Combine(Repository.Root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

        /// <summary>The names of it that are no word of the file.</summary>
        public IEnumerable<string> Missing()
        {
            string text = System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : string.Empty;
            return Word().Matches(Name).Select(word => word.Value).Where(word => !Regex.IsMatch(text, $@"\b{word}\b"));
        }

        /// <summary>Whether it names a method that the test runner runs.</summary>
        public bool IsTest()
        {
            string method = Word().Matches(Name)[^1].Value;
            return System.IO.File.Exists(File) && Regex.IsMatch(
                System.IO.File.ReadAllText(File), $@"\[(Fact|Theory)[^\]]*\](\s*\[[^\n]*\])*\s*public [^\n(]*\b{method}\(");
        }

        [GeneratedRegex(@"\w+")]
        private static partial Regex Word();
    }
}
