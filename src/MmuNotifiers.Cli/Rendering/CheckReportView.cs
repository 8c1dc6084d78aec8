using System.Globalization;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>What became of the catalogue, as one table that fits 80 columns.</summary>
internal sealed class CheckReportView(IAnsiConsole console, CatalogueReport report)
{
    /// <summary>Writes the scenarios that there are.</summary>
    public static void WriteList(IAnsiConsole console, IEnumerable<CatalogueEntry> entries)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("Scenario").NoWrap());
        table.AddColumn(new TableColumn("Year").NoWrap());
        table.AddColumn(new TableColumn("Breaks"));
        table.AddColumn(new TableColumn("What was wrong"));
        foreach (CatalogueEntry entry in entries)
        {
            table.AddRow(
                new Text(entry.Name),
                new Text(entry.Year?.ToString(CultureInfo.InvariantCulture) ?? string.Empty),
                new Text(entry.Expected.ToShortText()),
                new Text(entry.What));
        }

        console.Write(table);
    }

    /// <summary>Writes the table, what went wrong, and the sums.</summary>
    /// <param name="withTimelines">Whether each interleaving is drawn first.</param>
    public void Write(bool withTimelines)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("Scenario").NoWrap());
        table.AddColumn(new TableColumn("What"));
        table.AddColumn(new TableColumn("Broken"));
        table.AddColumn(new TableColumn("Found").NoWrap());
        table.AddColumn(new TableColumn("Runs").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("ms").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Twin").NoWrap());
        table.AddColumn(new TableColumn("Runs").RightAligned().NoWrap());
        foreach (CatalogueResult result in report.Scenarios)
        {
            table.AddRow(
                new Text(result.Name),
                new Text(result.Title),
                new Text(result.Invariant ?? "-"),
                Verdict(result.Found, "yes", "NO"),
                new Text(Number(result.Executions)),
                new Text(Number(Math.Round(result.Seconds * 1000))),
                Verdict(result.Twin.Passed, result.Twin.Exhausted ? "all" : "passes", "FAILS"),
                new Text(Number(result.Twin.Executions)));
        }

        if (withTimelines)
        {
            WriteTimelines();
        }

        console.Write(table);
        WriteProblems();
        console.WriteLine(
            $"{report.Found} found, {report.Missed} missed; {report.Scenarios.Length - report.TwinsFailed} correct twins pass, "
            + $"{report.TwinsExhausted} of them in every interleaving, {report.TwinsFailed} fail");
        console.WriteLine(
            $"{Number(report.Executions)} executions, {Number(report.Steps)} steps in {report.Seconds.ToString("F1", CultureInfo.InvariantCulture)} s with {report.Workers} at a time; "
            + $"{Number(report.ExecutionsPerSecond)} executions and {Number(report.StepsPerSecond)} steps a second of search");
    }

    private void WriteTimelines()
    {
        foreach (CatalogueResult result in report.Scenarios)
        {
            console.WriteLine($"{result.Name}: {result.What}");
            console.WriteLine();
            console.Profile.Out.Writer.WriteLine(result.Timeline?.ToText(console.Profile.Width, console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors));
        }
    }

    private void WriteProblems()
    {
        foreach (CatalogueResult result in report.Scenarios)
        {
            if (!result.Found)
            {
                console.WriteLine($"{result.Name}: missed, expected {result.Expected}: {result.Invariant ?? "nothing"}, {result.Sentence}");
            }

            if (!result.Twin.Passed)
            {
                console.WriteLine($"{result.Name}: the correct twin failed: {result.Twin.Violation ?? result.Twin.Bound}");
            }
        }
    }

    private static Text Verdict(bool good, string yes, string no) => good ? new Text(yes) : new Text(no, new Style(Color.Red));

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
