using System.Diagnostics;
using System.Globalization;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// The benchmarks of this folder by turns, the best of many short runs of each: ratios that hold on a machine that does other
/// things at the same time.
/// </summary>
internal static class SecondaryComparison
{
    private const int Runs = 60;
    private const int WarmUps = 40;

    internal static void Run(TextWriter output)
    {
        TlbSequentialBenchmarks sequential = new();
        sequential.Setup();
        Compare(
            output,
            512 * 512,
            ("sequential, raw pointer", () => sequential.RawPointer()),
            ("sequential, cursor", () => sequential.Cursor()),
            ("sequential, section", () => sequential.Section()),
            ("sequential, one by one", () => sequential.OneByOne()),
            ("sequential, spans", () => sequential.Spans()),
            ("stores, cursor", () => sequential.Stores()));
        sequential.Cleanup();

        TlbRandomBenchmarks random = new();
        random.Setup();
        Compare(
            output,
            1 << 18,
            ("random 64 MiB, raw pointer", () => random.RawPointer()),
            ("random 64 MiB, section", () => random.Section()));
        Compare(
            output,
            1 << 18,
            ("chase 64 MiB, raw pointer", () => random.RawChase()),
            ("chase 64 MiB, section", () => random.Chase()));
        random.Cleanup();

        FillBenchmarks fill = new();
        fill.Setup();
        Compare(
            output,
            64,
            ("TLB bracket and faults, a page", () => (ulong)fill.TlbBracketAndFaults()),
            ("shadow bracket and faults, a page", () => (ulong)fill.ShadowBracketAndFaults()));
        Compare(output, 512, ("shadow hit", () => (ulong)fill.ShadowHits()));
        Compare(
            output,
            1,
            ("TLB useless bracket", () => Nothing(fill.TlbUselessBracket)),
            ("shadow useless bracket", () => Nothing(fill.ShadowUselessBracket)));
        fill.Cleanup();
    }

    private static ulong Nothing(Action action)
    {
        action();
        return 0;
    }

    private static void Compare(TextWriter output, int operations, params (string Name, Func<ulong> Body)[] bodies)
    {
        int repeats = Math.Max(1, 20_000 / operations);
        double[] best = new double[bodies.Length];
        Array.Fill(best, double.MaxValue);
        ulong sink = 0;
        for (int run = -WarmUps; run < Runs; run++)
        {
            for (int i = 0; i < bodies.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int repeat = 0; repeat < repeats; repeat++)
                {
                    sink ^= bodies[i].Body();
                }

                double nanoseconds = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / ((double)operations * repeats);
                best[i] = run < 0 ? best[i] : Math.Min(best[i], nanoseconds);
            }
        }

        GC.KeepAlive(sink);
        for (int i = 0; i < bodies.Length; i++)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{bodies[i].Name,-36} {best[i],9:F2} ns {best[i] / best[0],7:F2} x"));
        }
    }
}
