using System.Globalization;
using MmuNotifiers.Lab.Reports;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>A replay's report as tables that fit 80 columns.</summary>
internal sealed class ReplayReportView(IAnsiConsole console, ReplayReport report)
{
    private const int RowsShown = 12;

    /// <summary>Writes everything.</summary>
    /// <param name="allProcesses">Whether each process has a row, or only the busiest.</param>
    public void Write(bool allProcesses)
    {
        ReplaySettings settings = report.Settings;
        console.WriteLine(
            $"{report.Program}: {Number(report.Operations)} operations of {Number(report.Processes.Length)} address spaces, "
            + $"{(settings.Threads ? "devices on threads of their own" : "devices between operations")}, "
            + $"rate {settings.DeviceRate.ToString(CultureInfo.InvariantCulture)}, seed {settings.Seed}");
        WriteProcesses(allProcesses);
        WriteMemory(allProcesses);
        WriteSnapshot();
        WriteFaults();
        WriteMismatches("Recorded faults that did not match", report.FaultMismatches);
        WriteMismatches("Calls that differ or were passed over", report.Skipped);
        WriteSecondaries();
        WriteViolations();
        WriteClosing();
    }

    private void WriteProcesses(bool all)
    {
        Table table = Tables.New("Process", "Calls", "Faults", "Missing", "CoW", "Match %", "Callbacks", "Stale");
        ProcessReport[] rows = [.. report.Processes.OrderByDescending(row => row.Operations)];
        int shown = all ? rows.Length : Math.Min(rows.Length, RowsShown);
        foreach (ProcessReport row in rows.AsSpan(0, shown))
        {
            string threads = row.Threads > 1 ? $", {row.Threads} threads" : string.Empty;
            AddProcess(table, $"{row.ProcessId} {row.Program}{threads}", row);
        }

        if (shown < rows.Length)
        {
            AddProcess(table, $"{Number(rows.Length - shown)} others", Sum(rows.AsSpan(shown)));
        }

        console.WriteLine();
        console.Write(table);
        console.WriteLine();
    }

    private static void AddProcess(Table table, string name, ProcessReport row) => Tables.AddRow(
        table,
        name,
        Number(row.SystemCalls),
        Number(row.Faults),
        Number(row.MissingPages),
        Number(row.CopiesOnWrite),
        Percent(row.FaultMatchPercent),
        Number(row.Callbacks),
        Number(row.StaleAccesses));

    private static ProcessReport Sum(ReadOnlySpan<ProcessReport> rows)
    {
        ProcessReport[] all = rows.ToArray();
        long faults = all.Sum(row => row.Faults);
        double match = faults == 0 ? 100 : all.Sum(row => row.FaultMatchPercent * row.Faults) / faults;
        return new ProcessReport(
            0,
            string.Empty,
            all.Sum(row => row.Threads),
            all.Sum(row => row.Operations),
            all.Sum(row => row.SystemCalls),
            faults,
            all.Sum(row => row.MissingPages),
            all.Sum(row => row.CopiesOnWrite),
            all.Sum(row => row.Signals),
            match,
            all.Sum(row => row.Callbacks),
            all.Sum(row => row.StaleAccesses),
            Memory: default);
    }

    private void WriteMemory(bool allProcesses)
    {
        if (report.Pressure is { } pressure)
        {
            new PressureView(console, report, pressure).Write(allProcesses ? int.MaxValue : RowsShown);
        }
    }

    private void WriteSnapshot()
    {
        if (report.Snapshot is { } snapshot)
        {
            new SnapshotReportView(console, snapshot).Write();
        }
    }

    private void WriteFaults()
    {
        string kinds = string.Join(", ", report.FaultKinds.Select(row => $"{row.Kind} {Number(row.Count)}"));
        string twice = report.FaultsRaisedTwice > 0 ? $", {Number(report.FaultsRaisedTwice)} of them raised twice" : string.Empty;
        console.WriteLine(
            $"Faults: {Number(report.MatchedFaults)} of {Number(report.Faults)} recorded faults match "
            + $"({Percent(report.FaultMatchPercent)} %{twice}); {Number(report.Hits)} accesses that found their page, "
            + $"{Number(report.UnexpectedFaults)} of them faulted here only.");
        console.WriteLine($"Kinds: {kinds}");
        console.WriteLine();
    }

    private void WriteMismatches(string title, IReadOnlyCollection<MismatchCount> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        console.WriteLine($"{title}:");
        foreach (MismatchCount row in rows)
        {
            Text text = new($"{Number(row.Count)} {row.Cause}: {row.Explanation} First: {row.Example}");
            console.Write(new Padder(text).Padding(2, 0, 0, 0));
        }

        console.WriteLine();
    }

    private void WriteSecondaries()
    {
        if (report.Secondaries.IsEmpty)
        {
            return;
        }

        string[] names = [.. report.Secondaries.Select(row => row.Name)];
        Table table = Tables.New(["Secondary", .. names]);
        Tables.AddRow(table, ["attached to", .. report.Secondaries.Select(row => row.Attachment)]);
        Tables.AddRow(table, ["callbacks", .. Column(row => row.Callbacks)]);
        Tables.AddRow(table, ["of them useless", .. report.Secondaries.Select(row => Share(row.UselessCallbacks, row.Callbacks))]);
        Tables.AddRow(table, ["pages invalidated", .. Column(row => row.PagesInvalidated)]);
        Tables.AddRow(table, ["time in callbacks", .. report.Secondaries.Select(row => $"{row.CallbackNanoseconds / 1e6:F2} ms")]);
        Tables.AddRow(table, ["device accesses", .. Column(row => row.DeviceAccesses)]);
        Tables.AddRow(table, ["of them compared", .. report.Secondaries.Select(row => Share(row.ComparedAccesses, row.DeviceAccesses))]);
        Tables.AddRow(table, ["device faults", .. Column(row => row.DeviceFaults)]);
        Tables.AddRow(table, ["of them refaults", .. Column(row => row.Refaults)]);
        Tables.AddRow(table, ["of them refused", .. Column(row => row.RefusedFaults)]);
        Tables.AddRow(table, ["retries", .. Column(row => row.Retries)]);
        AddRowIfAny(table, "updates", row => row.Updates);
        AddRowIfAny(table, "pages prefetched", row => row.PagesPrefetched);
        AddRowIfAny(table, "faults saved", row => row.FaultsSaved);
        AddRowIfAny(table, "prefetched for nothing", row => row.UnusedPrefetches);
        AddRowIfAny(table, "regions registered", row => row.Registrations);
        AddRowIfAny(table, "found registered", row => row.RegistrationHits);
        AddRowIfAny(table, "regions merged", row => row.Merges);
        AddRowIfAny(table, "regions evicted", row => row.Evictions);
        Tables.AddRow(table, ["stale accesses", .. Column(row => row.StaleAccesses)]);
        Tables.AddRow(table, ["content mismatches", .. Column(row => row.ContentMismatches)]);
        console.Write(table);
        console.WriteLine();
    }

    private void AddRowIfAny(Table table, string title, Func<SecondaryReport, long> value)
    {
        if (report.Secondaries.Any(row => value(row) != 0))
        {
            Tables.AddRow(table, [title, .. Column(value)]);
        }
    }

    private IEnumerable<string> Column(Func<SecondaryReport, long> value) => report.Secondaries.Select(row => Number(value(row)));

    private void WriteViolations()
    {
        foreach (string line in report.Violations)
        {
            console.Write(new Text($"violation: {line}", new Style(Color.Red)));
            console.WriteLine();
        }

        foreach (string doubt in report.Doubts)
        {
            console.Write(new Text($"inconclusive: {doubt}", new Style(Color.Yellow)));
            console.WriteLine();
        }
    }

    private void WriteClosing()
    {
        ReplayCost cost = report.Cost;
        string bare = cost.BareNsPerOperation is { } ns ? $" ({ns:F0} ns with nothing attached)" : string.Empty;
        string notifiers = report.Secondaries.IsEmpty
            ? $"An operation took {cost.NsPerOperation:F0} ns"
            : $"Notifiers took {cost.NotifierSharePercent:F1} % of the time: {cost.NsPerOperation:F0} ns an operation, "
                + $"{cost.NsPerOperationWithoutNotifiers:F0} ns without them{bare}";
        string found = report.Verdict switch
        {
            ReplayVerdict.Fine => "no access was stale and every word was right",
            ReplayVerdict.Violation =>
                $"{Number(report.StaleAccesses)} accesses were stale, {Number(report.ContentMismatches)} words wrong, "
                + $"{Number(report.WrongRefusals)} accesses wrongly refused",
            _ => "nothing wrong was seen, but the replay is inconclusive",
        };
        Color colour = report.Verdict switch { ReplayVerdict.Fine => Color.Green, ReplayVerdict.Violation => Color.Red, _ => Color.Yellow };
        console.Write(new Text($"{notifiers}; {found}.", new Style(colour)));
        console.WriteLine();
    }

    private static string Number(long value) => Tables.Number(value);

    private static string Percent(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) =>
        whole == 0 ? Number(part) : string.Create(CultureInfo.InvariantCulture, $"{part:N0} ({100.0 * part / whole:F0} %)");
}
