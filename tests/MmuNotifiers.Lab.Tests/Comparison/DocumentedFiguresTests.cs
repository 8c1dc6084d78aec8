using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MmuNotifiers.Lab.Comparison;

namespace MmuNotifiers.Lab.Tests.Comparison;

/// <summary>
/// The figures of docs/mm-or-vma.md are the program's: counts are compared, measured tables only have to be there. With
/// MMUN_FIGURES naming an answer of <c>mmun compare --json</c> the tables are written anew.
/// </summary>
public sealed partial class DocumentedFiguresTests
{
    private static readonly JsonSerializerOptions AnswerFormat = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly string Page = Path.Combine(ShippedComparison.Root, "docs", "mm-or-vma.md");

    [Fact]
    public void The_counts_on_the_page_are_those_of_the_program()
    {
        if (Environment.GetEnvironmentVariable("MMUN_FIGURES") is { Length: > 0 } answer)
        {
            WriteTables(answer);
        }

        DocumentedFigures figures = new(ShippedComparison.Report);
        Dictionary<string, string> documented = Block().Matches(File.ReadAllText(Page))
            .Where(block => block.Groups["kind"].Value == "counts")
            .ToDictionary(block => block.Groups["name"].Value, block => block.Groups["table"].Value.Trim(), StringComparer.Ordinal);
        Assert.Equal(figures.Counts.Keys.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(documented, table => Assert.Equal(figures.Counts[table.Key], table.Value));
    }

    [Fact]
    public void Every_measured_table_is_marked_as_such_and_filled()
    {
        Match[] measured = [.. Block().Matches(File.ReadAllText(Page)).Where(block => block.Groups["kind"].Value == "measured")];
        Assert.NotEmpty(measured);
        Assert.All(measured, block => Assert.Contains("|---", block.Groups["table"].Value, StringComparison.Ordinal));
    }

    /// <summary>Writes every table from an answer of <c>mmun compare --json</c>.</summary>
    private static void WriteTables(string answer)
    {
        ComparisonReport measured = JsonSerializer.Deserialize<ComparisonReport>(File.ReadAllText(answer), AnswerFormat)!;
        DocumentedFigures figures = new(measured);
        File.WriteAllText(Page, Block().Replace(File.ReadAllText(Page), block => Write(block, figures)));
    }

    private static string Write(Match block, DocumentedFigures figures)
    {
        Dictionary<string, string> tables = block.Groups["kind"].Value == "counts" ? figures.Counts : figures.Measurements;
        return $"<!-- {block.Groups["kind"].Value}: {block.Groups["name"].Value} -->\n{tables[block.Groups["name"].Value]}\n<!-- end -->";
    }

    [GeneratedRegex("<!-- (?<kind>counts|measured): (?<name>[a-z-]+) -->\n(?<table>.*?)<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
