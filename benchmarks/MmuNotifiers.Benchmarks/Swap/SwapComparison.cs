using System.Globalization;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Benchmarks.Swap;

/// <summary>Swapping on each store beside the running kernel's own, on the same file system, in one run: the figures of docs/performance.md.</summary>
internal static class SwapComparison
{
    private const int Rounds = 3;
    private const int WarmUpRounds = 6;
    private const int ReadAheadPages = 8;
    private const double MemoryGoalNanoseconds = 5_000;

    /// <summary>As the kernel's file: with more than half in use, both would give up the slots of pages that come in, and write them again.</summary>
    private const long SizeBytes = (long)SwapWorkload.Pages * 5 / 2 * Page.SizeBytes;

    private const string NoResult = "-";

    private static readonly string[] Stores = ["memory", "lz4", "file", "direct"];

    /// <summary>Prints the tables.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="filter">Only patterns whose title contains it are measured; empty for all.</param>
    internal static async Task RunAsync(TextWriter output, string filter)
    {
        await WarmUpAsync();
        await StoreMeasurement.RunAsync(output, Open);
        bool hasPeer = NativePeer.TryStart("swap_peer.c", out NativePeer? peer, out string reason);
        using NativePeer? owned = peer;
        output.WriteLine(hasPeer
            ? $"The kernel swaps to a file in {Path.GetTempPath()} as ours do, in turn with them; medians of {Rounds}. Goal of memory and lz4 at random: 5 us."
            : $"Without the kernel's figures: {reason}.");
        output.WriteLine($"{SwapWorkload.Frames} frames, {SwapWorkload.Pages} pages; 'x1' reads one page a swap-in, 'x8' {ReadAheadPages}, the kernel as many as it likes; ratios are of x1.");
        output.WriteLine($"{"us",-34}{string.Concat(Stores.SelectMany(store => new[] { $"{store} x1", $"{store} x8" }).Select(name => $"{name,12}"))}{"kernel",12}{"file/kernel",14}{"direct/kernel",14}");
        foreach (SwapPattern pattern in SwapPattern.All.Where(pattern => pattern.Title.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            await MeasureAsync(output, pattern, peer);
        }
    }

    /// <summary>Until all methods are compiled with optimisation: those of the fault path and of the stores that do not wait for a disk.</summary>
    private static async Task WarmUpAsync()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach (SwapPattern pattern in SwapPattern.All)
            {
                await using ISwapStore store = await Open(Stores[round % 3]);
                SwapWorkload.Measure(pattern, store, round % 2 == 0 ? 1 : ReadAheadPages);
            }
        }
    }

    private static async Task MeasureAsync(TextWriter output, SwapPattern pattern, NativePeer? peer)
    {
        List<double>[] ours = [.. Enumerable.Range(0, Stores.Length * 2).Select(_ => new List<double>())];
        List<double> theirs = [];
        string reason = "skipped";
        for (int round = 0; round < Rounds; round++)
        {
            for (int column = 0; column < ours.Length; column++)
            {
                await using ISwapStore store = await Open(Stores[column / 2]);
                ours[column].Add(SwapWorkload.Measure(pattern, store, column % 2 == 0 ? 1 : ReadAheadPages));
            }

            if (peer is not null && peer.TryMeasure(pattern.Name, out double nanoseconds, out reason))
            {
                theirs.Add(nanoseconds);
            }
        }

        double kernel = theirs.Count > 0 ? Median(theirs) : 0;
        double[] medians = [.. ours.Select(Median)];
        output.WriteLine(
            $"{pattern.Title,-34}{string.Concat(medians.Select(median => $"{Microseconds(median),12}"))}{(kernel > 0 ? Microseconds(kernel) : NoResult),12}"
            + $"{Ratio(medians[^4], kernel),14}{Ratio(medians[^2], kernel),14}{Verdict(pattern, medians)}");
        if (kernel == 0 && peer is not null)
        {
            output.WriteLine($"  kernel skipped: {reason}");
        }

        output.Flush();
    }

    private static async ValueTask<ISwapStore> Open(string name)
    {
        string path = Path.Combine(Path.GetTempPath(), $"mmun-swap-{Environment.ProcessId}");
        return await new SwapStoreCatalog().OpenAsync(name switch
        {
            "memory" => $"memory:{SizeBytes}",
            "lz4" => $"lz4:{SizeBytes}",
            "file" => $"file:{path}?size={SizeBytes}&preallocate=true",
            _ => $"file:{path}?size={SizeBytes}&preallocate=true&direct=true",
        });
    }

    private static string Verdict(SwapPattern pattern, double[] medians) => pattern.Name != "random-load" ? string.Empty
        : medians[0] <= MemoryGoalNanoseconds && medians[2] <= MemoryGoalNanoseconds ? "  5 us: met" : "  5 us: missed";

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Microseconds(double nanoseconds) => (nanoseconds / 1e3).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Ratio(double own, double other) => other == 0 ? NoResult
        : own < other ? string.Create(CultureInfo.InvariantCulture, $"1/{other / own:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{own / other:0.##} x");
}
