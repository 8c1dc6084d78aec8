using System.Globalization;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>What a limit on the frames led to, as a part of a replay's report.</summary>
internal sealed class PressureView(IAnsiConsole console, ReplayReport report, PressureReport pressure)
{
    private const int FailuresShown = 3;

    /// <summary>Writes everything.</summary>
    /// <param name="processesShown">How many processes have a row: those that lost most pages.</param>
    public void Write(int processesShown)
    {
        string peak = pressure.PeakPages is { } pages and > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {100.0 * pressure.FramePages / pages:F1} % of the peak of {pages:N0}")
            : string.Empty;
        console.WriteLine($"Memory: {Number(pressure.FramePages)} frames{peak}; swap store: {pressure.Store ?? "none"}");
        WriteProcesses(processesShown);
        ReclaimStatistics reclaim = pressure.Reclaim;
        console.WriteLine(
            $"{Number(report.Evictions)} evictions, {Number(report.SwapIns)} swap-ins, {Number(report.Refaults)} refaults; "
            + $"all told {Number(reclaim.DirectEvictions)} pages were evicted by those who needed a frame, {Number(reclaim.BackgroundEvictions)} in the background.");
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The store took {pressure.Swap.Writes:N0} pages in {pressure.WriteMilliseconds:F0} ms and gave "
            + $"{pressure.Swap.SwapIns + pressure.Swap.ReadAheads:N0} in {pressure.ReadMilliseconds:F0} ms; all bytes of {pressure.PagesCompared:N0} pages were compared."));
        WriteFailures();
        console.WriteLine();
    }

    private void WriteProcesses(int shown)
    {
        Table table = Tables.New("Process", "Resident", "Swapped", "Evicted", "Advised", "Swap-ins", "Refaults");
        foreach (ProcessReport row in report.Processes.OrderByDescending(row => row.Memory.Evictions.Total).Take(shown))
        {
            AddressSpaceStatistics memory = row.Memory;
            Tables.AddRow(
                table,
                $"{row.ProcessId} {row.Program}",
                Number(memory.ResidentPages),
                Number(memory.SwappedPages),
                Number(memory.Evictions.Total),
                Number(memory.Evictions.Advice),
                Number(memory.SwapIns),
                Number(memory.Refaults));
        }

        console.Write(table);
    }

    private void WriteFailures()
    {
        foreach (string failure in pressure.StoreFailures.TakeLast(FailuresShown))
        {
            console.Write(new Text($"store: {failure}", new Style(Color.Yellow)));
            console.WriteLine();
        }
    }

    private static string Number(long value) => Tables.Number(value);
}
