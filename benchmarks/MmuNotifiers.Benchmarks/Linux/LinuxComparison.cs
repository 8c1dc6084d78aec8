using System.Globalization;
using System.Runtime.InteropServices;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Linux;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Benchmarks.Linux;

/// <summary>Real memory: faults beside a handler in C, and overcommitted memory beside the kernel's own swap. The figures of docs/performance.md.</summary>
internal static class LinuxComparison
{
    private const int Rounds = 5;
    private const double FloorGoal = 1.15;
    private const double CopyGoalNanoseconds = 1600;
    private const double ContinueGoalNanoseconds = 900;

    private static readonly string StorePath = Path.Combine(Path.GetTempPath(), $"mmun-linux-{Environment.ProcessId}");

    /// <summary>Prints the tables, or what the host lacks. Leaves no swap file behind, of ours or the peer's, also when it is interrupted.</summary>
    internal static async Task RunAsync(TextWriter output, string filter)
    {
        if (HostCapabilities.SharedPagedMemory.Reason is { } reason)
        {
            output.WriteLine(reason);
            return;
        }

        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => File.Delete(StorePath));
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => File.Delete(StorePath));
        MeasureFaults(output, filter);
        await MeasureOvercommitAsync(output, filter);
    }

    private static void MeasureFaults(TextWriter output, string filter)
    {
        bool hasPeer = NativePeer.TryStart("uffd_peer.c", out NativePeer? peer, out string missing);
        using NativePeer? owned = peer;
        if (!hasPeer)
        {
            output.WriteLine($"Without a floor in C: {missing}.");
        }

        ComparisonTable table = new(peer, output, filter);
        table.PrintHeader("C");
        table.Measure(new Comparison("fault: handler beside the thread", () => FaultMeasurement.Touch(0), "beside", Goal: FloorGoal));
        table.Measure(new Comparison("fault: handler on another processor", () => FaultMeasurement.Touch(1), "across", Goal: FloorGoal));
        table.Measure(new Comparison("64 pages at once: copy, a page", FaultMeasurement.Copy, "copy", GoalNanoseconds: CopyGoalNanoseconds));
        table.Measure(new Comparison("64 pages at once: continue, a page", FaultMeasurement.Continue, "continue", GoalNanoseconds: ContinueGoalNanoseconds));
        table.Measure(new Comparison("64 pages at once: move, a page", FaultMeasurement.Move, "move"));
    }

    private static async Task MeasureOvercommitAsync(TextWriter output, string filter)
    {
        (PagedMemoryBacking Backing, bool IsStore)[] rows =
        [
            .. Enum.GetValues<PagedMemoryBacking>().SelectMany(backing => new[] { (backing, false), (backing, true) })
                .Where(row => TitleOf(row.backing, row.Item2).Contains(filter, StringComparison.OrdinalIgnoreCase)),
        ];
        if (rows.Length == 0)
        {
            return;
        }

        bool hasPeer = NativePeer.TryStart("swap_peer.c", out NativePeer? peer, out string missing);
        using NativePeer? owned = peer;
        output.WriteLine(hasPeer
            ? $"16,384 pages, 4,096 frames, random; us a page that comes back; medians of {Rounds}, in turn with the kernel's swap file on the same file system."
            : $"Without the kernel's figures: {missing}.");
        output.WriteLine($"{"",-28}{"file",10}{"direct",10}{"kernel",10}{"file",10}{"direct",10}");
        foreach ((PagedMemoryBacking backing, bool isStore) in rows)
        {
            await CompareAsync(output, TitleOf(backing, isStore), backing, isStore, peer);
        }
    }

    private static string TitleOf(PagedMemoryBacking backing, bool isStore) => $"{(isStore ? "store" : "load")}, {backing}";

    private static async Task CompareAsync(TextWriter output, string title, PagedMemoryBacking backing, bool isStore, NativePeer? peer)
    {
        List<double> file = [];
        List<double> direct = [];
        List<double> kernel = [];
        for (int round = 0; round < Rounds; round++)
        {
            file.Add(await MeasureAsync(backing, isStore, isDirect: false));
            direct.Add(await MeasureAsync(backing, isStore, isDirect: true));
            string reason = string.Empty;
            if (peer is not null && peer.TryMeasure(isStore ? "random-store" : "random-load", out double nanoseconds, out reason))
            {
                kernel.Add(nanoseconds);
            }
            else if (peer is not null)
            {
                output.WriteLine($"  kernel skipped: {reason}");
            }
        }

        double theirs = kernel.Count == 0 ? 0 : Median(kernel);
        output.WriteLine($"{title,-28}{Microseconds(Median(file)),10}{Microseconds(Median(direct)),10}{Microseconds(theirs),10}{Ratio(Median(file), theirs),10}{Ratio(Median(direct), theirs),10}");
        output.Flush();
    }

    private static async Task<double> MeasureAsync(PagedMemoryBacking backing, bool isStore, bool isDirect)
    {
        string store = string.Create(
            CultureInfo.InvariantCulture, $"file:{StorePath}?size={OvercommitMeasurement.Slots << Page.Shift}&preallocate=true{(isDirect ? "&direct=true" : "")}");
        await using ISwapStore opened = await new SwapStoreCatalog().OpenAsync(store);
        return OvercommitMeasurement.Measure(opened, backing, isStore);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Microseconds(double nanoseconds) => nanoseconds == 0 ? "-" : (nanoseconds / 1e3).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ratio(double own, double other) => other == 0 ? "-" : own < other
        ? string.Create(CultureInfo.InvariantCulture, $"1/{other / own:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{own / other:0.##} x");
}
