using System.Diagnostics;
using System.Globalization;

namespace MmuNotifiers.Benchmarks.Peers;

/// <summary>
/// Measures both sides of comparisons in turn, so that what else the machine does falls on both, and prints medians, ratios and
/// whether each goal is met.
/// </summary>
internal sealed class ComparisonTable(NativePeer? peer, TextWriter output, string filter)
{
    private const int Turns = 12;
    private const int SamplesInTurn = 3;
    private const int WarmUpRounds = 40;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWarmUp = TimeSpan.FromSeconds(10);

    private readonly TextWriter _output = output;

    internal void PrintHeader(string peerName) => Print("path", "ours", peerName, "ratio", "goal", "bytes/op");

    /// <summary>Measures one comparison and prints its line.</summary>
    internal void Measure(Comparison comparison)
    {
        if (!comparison.Path.Contains(filter, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        WarmUpFor(comparison);
        List<double> ours = [];
        List<double> theirs = [];
        string reason = peer is null ? "skipped" : string.Empty;
        double bytes = 0;
        for (int turn = 0; turn < Turns * SamplesInTurn; turn++)
        {
            // Several samples in a turn: the first finds caches full of what the other side left there.
            if (turn / SamplesInTurn % 2 == 0)
            {
                Sample sample = comparison.Measure();
                ours.Add(sample.Nanoseconds);
                bytes = sample.Bytes;
            }
            else if (peer is not null && comparison.PeerMeasurement is { } name && reason.Length == 0
                && peer.TryMeasure(name, out double nanoseconds, out reason))
            {
                theirs.Add(nanoseconds);
                reason = string.Empty;
            }
        }

        double own = Median(ours);
        double other = theirs.Count == 0 ? 0 : Median(theirs);
        Print(
            comparison.Path,
            Time(own),
            comparison.PeerMeasurement is null ? string.Empty : other > 0 ? Time(other) : reason,
            other > 0 ? Ratio(own / other) : string.Empty,
            Verdict(comparison, own, other),
            bytes.ToString("0", CultureInfo.InvariantCulture));
    }

    /// <summary>Prints a line for a path that this host cannot measure.</summary>
    internal void PrintSkipped(string path, string reason) => _output.WriteLine($"{path,-44} skipped: {reason}");

    private static void WarmUpFor(Comparison comparison)
    {
        // Enough calls and processor time (of this process: others may take theirs) that every method is compiled with optimisation.
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int round = 0; Stopwatch.GetElapsedTime(start) < MostWarmUp; round++)
        {
            if (round >= WarmUpRounds && Environment.CpuUsage.TotalTime - cpu >= WarmUp)
            {
                return;
            }

            comparison.Measure();
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Verdict(Comparison comparison, double own, double other)
    {
        if (comparison.GoalNanoseconds > 0)
        {
            return $"{Time(comparison.GoalNanoseconds)} {(own <= comparison.GoalNanoseconds ? "met" : "missed")}";
        }

        if (comparison.Goal > 0)
        {
            string verdict = other == 0 ? string.Empty : own <= other * comparison.Goal ? "met" : "missed";
            return $"{Ratio(comparison.Goal)} {verdict}";
        }

        return string.Empty;
    }

    private static string Ratio(double ratio) => ratio < 1
        ? string.Create(CultureInfo.InvariantCulture, $"1/{1 / ratio:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.##} x");

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.0} ms"),
    };

    private void Print(string path, string ours, string theirs, string ratio, string goal, string bytes)
    {
        _output.WriteLine($"{path,-44} {ours,12} {theirs,12} {ratio,9} {goal,16} {bytes,8}");
        _output.Flush();
    }
}
