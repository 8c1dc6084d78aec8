using System.Globalization;
using MmuNotifiers.Lab.Reports;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>What a replay saved on the way and how that compares, as a part of its report.</summary>
internal sealed class SnapshotReportView(IAnsiConsole console, SnapshotReport snapshot)
{
    /// <summary>Writes everything.</summary>
    public void Write()
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Snapshot of {snapshot.ProcessId} {snapshot.Program} behind {snapshot.AfterEvents:N0} events: {snapshot.File}"));
        Table table = Tables.New("Areas", "Mapped", "Stored", "Bytes", "Still", "Save", "Load", "Compare");
        Tables.AddRow(
            table,
            Number(snapshot.Areas),
            Number(snapshot.MappedPages),
            Number(snapshot.StoredPages),
            Number(snapshot.LengthBytes),
            Milliseconds(snapshot.StillMilliseconds),
            Milliseconds(snapshot.SaveMilliseconds),
            Milliseconds(snapshot.LoadMilliseconds),
            Milliseconds(snapshot.CompareMilliseconds));
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{snapshot.PagesCompared:N0} pages compared in {snapshot.FramePages:N0} frames, {snapshot.PagesRead:N0} read from the file{LeftOut()}: "
            + $"{(snapshot.Differing == 0 ? "all are what they were" : string.Create(CultureInfo.InvariantCulture, $"{snapshot.Differing:N0} differ"))}."));
        console.WriteLine();
    }

    private string LeftOut() => snapshot.FilePagesLeftOut + snapshot.SharedPagesLeftOut == 0 ? string.Empty : string.Create(
        CultureInfo.InvariantCulture,
        $"; left out {snapshot.FilePagesLeftOut:N0} of files that were stored to, {snapshot.SharedPagesLeftOut:N0} of shared memory stored to since");

    private static string Number(long value) => Tables.Number(value);

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F1} ms");
}
