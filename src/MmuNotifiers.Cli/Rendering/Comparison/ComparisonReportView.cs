using System.Globalization;
using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Reports;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering.Comparison;

/// <summary>
/// A comparison's report as tables that fit 80 columns: for each recording what the notifiers were called for, and what that cost.
/// </summary>
internal sealed class ComparisonReportView(IAnsiConsole console, ComparisonReport report)
{
    /// <summary>A device's access that went wrong, and what the attachment itself saw.</summary>
    private const int FindingsShown = 2;

    private const string SummaryTitle = "All recordings together";

    /// <summary>Writes everything.</summary>
    public void Write()
    {
        ComparisonSettings settings = report.Settings;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(report.Traces.Length, "recording")}, device rate {settings.DeviceRate}, seed {settings.Seed}, "
            + $"{Count(settings.Rounds, "round")}"));
        WriteAttachments();
        foreach (ComparedTraceReport trace in report.Traces)
        {
            console.WriteLine();
            WriteHeading(trace);
            WriteTables([.. report.Rows.Where(row => row.Trace == trace.Trace)]);
        }

        if (report.Traces.Length > 1)
        {
            console.WriteLine();
            WriteTitle(SummaryTitle);
            WriteTables(report.Summary);
        }

        WriteLeftOut();
        WriteClosing();
    }

    private void WriteAttachments()
    {
        foreach (AttachmentDescription attachment in report.Attachments)
        {
            Indent($"{attachment.Name}: {attachment.Description}");
        }
    }

    private void WriteHeading(ComparedTraceReport trace)
    {
        WriteTitle($"{trace.Trace} ({trace.Program})");
        Indent(string.Create(
            CultureInfo.InvariantCulture,
            $"{trace.Operations:N0} operations of {Count(trace.AddressSpaces, "address space")}, {Count(trace.Forks, "fork")}, "
            + $"{Count(trace.UnmapsOverSeveralAreas, "call")} that took pages away from several vmas; "
            + $"{trace.NsPerOperationWithoutNotifiers:N0} ns an operation with nothing attached (+-{trace.NoisePercent:F0} %)"));
        foreach (string doubt in trace.Doubts)
        {
            Indent($"inconclusive: {doubt}", Color.Yellow);
        }
    }

    private void WriteTables(IReadOnlyList<ComparisonRow> rows)
    {
        Table calls = Tables.NewNarrow("Called", "calls", "per 1000", "useless", "pages", "vma", "slot", "upkeep");
        Table costs = Tables.NewNarrow("Cost", "faults", "saved", "unused", "ns", "cost %", "bytes", "stale");
        foreach (IGrouping<string, ComparisonRow> group in rows.GroupBy(row => row.Secondary))
        {
            AddGroup(calls, group.Key);
            AddGroup(costs, group.Key);
            foreach (ComparisonRow row in group)
            {
                Tables.AddRow(calls, [.. Calls(row)]);
                Tables.AddRow(costs, row.StaleAccesses > 0 ? new Style(ColourOf(row)) : Style.Plain, [.. Costs(row)]);
            }
        }

        console.WriteLine();
        console.Write(calls);
        console.WriteLine();
        console.WriteLine();
        console.Write(costs);
        console.WriteLine();
        foreach (ComparisonRow row in rows.Where(row => !row.Findings.IsEmpty))
        {
            string kind = row.Historical ? $"historical, safe as {row.SafeForm}" : "violation";
            foreach (string finding in row.Findings.Take(FindingsShown))
            {
                Indent($"{row.Attachment}, {row.Secondary} ({kind}): {finding}", ColourOf(row));
            }
        }
    }

    private static IEnumerable<string> Calls(ComparisonRow row)
    {
        yield return $" {row.Attachment}";
        yield return Number(row.Callbacks);
        yield return row.CallbacksPer1000Operations.ToString("F1", CultureInfo.InvariantCulture);
        yield return Tables.Share(row.UselessCallbacks, row.Callbacks);
        yield return Number(row.PagesNamed);
        yield return Number(row.VmaLookUps);
        yield return Number(row.MemslotLookUps);
        yield return Number(row.UpkeepSplits + row.UpkeepMerges + row.UpkeepMoves + row.UpkeepInserts + row.UpkeepRemovals);
    }

    private static IEnumerable<string> Costs(ComparisonRow row)
    {
        yield return $" {row.Attachment}";
        yield return Number(row.DeviceFaults);
        yield return Number(row.FaultsSavedByPrefetch);
        yield return Number(row.UpdatesNeverUsed);
        yield return row.NsPerOperation.ToString("N0", CultureInfo.InvariantCulture);
        yield return string.Create(CultureInfo.InvariantCulture, $"{row.OverheadPercent:F0} +-{row.NoisePercent:F0}");
        yield return Number(row.SubscriptionBytes);
        yield return Number(row.StaleAccesses);
    }

    private void WriteLeftOut()
    {
        foreach (IGrouping<string, LeftOutPair> group in report.LeftOut.GroupBy(pair => $"{pair.Attachment}: {pair.Reason}"))
        {
            console.WriteLine();
            Indent($"left out for {string.Join(", ", group.Select(pair => pair.Secondary))}: {group.Key}");
        }
    }

    private void WriteClosing()
    {
        ComparisonRow[] stale = [.. report.Rows.Where(row => row.StaleAccesses > 0)];
        int unsafeRows = stale.Count(row => !row.Historical);
        string historical = string.Join(", ", stale.Where(row => row.Historical).Select(row => row.Attachment).Distinct());
        string found = (stale.Length, unsafeRows) switch
        {
            (0, _) => "no access was stale",
            (_, 0) => $"stale accesses only with what is known to be unsafe ({historical})",
            _ => $"{Count(unsafeRows, "row")} that must be safe had stale accesses",
        };
        Color colour = report.Verdict switch { ReplayVerdict.Fine => Color.Green, ReplayVerdict.Violation => Color.Red, _ => Color.Yellow };
        console.WriteLine();
        console.Write(new Text(
            string.Create(
                CultureInfo.InvariantCulture, $"{Count(report.Rows.Length, "row")} in {report.ElapsedMilliseconds / 1000:F0} s: {found}."),
            new Style(colour)));
        console.WriteLine();
    }

    private static void AddGroup(Table table, string secondary) =>
        Tables.AddRow(table, [secondary, .. Enumerable.Repeat(string.Empty, table.Columns.Count - 1)]);

    private static Color ColourOf(ComparisonRow row) => row.Historical ? Color.Yellow : Color.Red;

    private void WriteTitle(string title)
    {
        console.Write(new Text(title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
    }

    private void Indent(string text, Color? colour = null) =>
        console.Write(new Padder(new Text(text, new Style(colour))).Padding(2, 0, 0, 0));

    private static string Number(long value) => Tables.Number(value);

    private static string Count(long number, string noun) => $"{Number(number)} {noun}{(number == 1 ? string.Empty : "s")}";
}
