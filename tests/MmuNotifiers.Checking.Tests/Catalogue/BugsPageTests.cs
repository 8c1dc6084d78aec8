using MmuNotifiers.Lab.Checking.Catalogue;

namespace MmuNotifiers.Checking.Tests.Catalogue;

public sealed class BugsPageTests
{
    [Theory]
    [InlineData("bugs", CatalogueKind.Bug)]
    [InlineData("mutations", CatalogueKind.Mutation)]
    public void The_page_of_bugs_shows_the_catalogue_as_it_is(string part, CatalogueKind kind)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs/bugs.md"));
        string begin = $"<!-- {part}: begin -->\n";
        int start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int end = page.IndexOf($"<!-- {part}: end -->", StringComparison.Ordinal);
        Assert.Equal(CatalogueTable.ToMarkdown(kind), page[start..end]);
    }

    private static string RepositoryRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MmuNotifiers.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException($"No repository around {AppContext.BaseDirectory}.");
        }

        return directory;
    }
}
