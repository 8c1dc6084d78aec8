using System.Diagnostics;
using MmuNotifiers.Benchmarks.Peers;

namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>Dispatch beside the kernel's scheme rebuilt in C, in turn: the quick run behind the figures of docs/performance.md.</summary>
internal static class DispatchComparison
{
    private const int Chunks = 48;
    private const int Added = 1024;

    /// <summary>Prints the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="filter">Only paths that contain it are measured; empty for all.</param>
    internal static void Run(TextWriter output, string filter)
    {
        bool hasPeer = NativePeer.TryStart("dispatch_peer.c", out NativePeer? peer, out string reason);
        output.WriteLine(hasPeer ? "The kernel's scheme, rebuilt in C, in turn with ours; each figure is the best of many short chunks." : $"Without the peer: {reason}.");
        ComparisonTable table = new(peer, output, filter);
        table.PrintHeader("C peer");
        foreach (int intervals in (int[])[0, 1, 8, 64, 1024, 16384])
        {
            Measure(table, intervals, areSpread: false);
        }

        Measure(table, 1024, areSpread: true);
        Measure(table, 16384, areSpread: true);
        foreach (int intervals in (int[])[0, 1024, 16384])
        {
            table.Measure(new($"register one more at {intervals}", () => Register(intervals), $"register {intervals}", GoalNanoseconds: 1000));
        }

        ReaderBenchmarks readers = new();
        readers.Subscribe();
        table.Measure(new("reader: begin and retry, nothing collides", () => Best(() => Repeat(() => readers.BeginAndRetry())), null));
        table.Measure(new("grace period: enter and exit", () => Best(() => Repeat(readers.GraceSection)), null));
        table.Measure(new("grace period: synchronize, nobody inside", () => Best(() => Repeat(readers.Synchronize)), null));
        peer?.Dispose();
    }

    private static void Measure(ComparisonTable table, int intervals, bool areSpread)
    {
        DispatchBenchmarks benchmark = new() { Intervals = intervals, AreSpread = areSpread };
        benchmark.Subscribe();
        string pattern = areSpread ? "spread" : "same";
        double goal = intervals switch
        {
            1024 => 1.0 / 3,
            16384 => 1.0 / 6,
            _ => 0,
        };
        table.Measure(new(
            $"dispatch: {intervals} intervals, {(areSpread ? "spread over all" : "one hit")}",
            () => Best(benchmark.Bracket),
            $"{pattern} {intervals}",
            goal,
            intervals == 0 ? 2 : 0));
    }

    /// <summary>The best of many short chunks: one during which the machine did something else does not count.</summary>
    private static Sample Best(Action chunk)
    {
        double best = double.MaxValue;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Chunks; i++)
        {
            long start = Stopwatch.GetTimestamp();
            chunk();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / DispatchBenchmarks.Brackets);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new Sample(best, (double)allocated / (Chunks * DispatchBenchmarks.Brackets));
    }

    private static void Repeat(Action operation)
    {
        for (int i = 0; i < DispatchBenchmarks.Brackets; i++)
        {
            operation();
        }
    }

    private static void Repeat(Func<bool> operation)
    {
        for (int i = 0; i < DispatchBenchmarks.Brackets; i++)
        {
            operation();
        }
    }

    private static Sample Register(int intervals)
    {
        RegistrationBenchmarks benchmark = new() { Intervals = intervals };
        double best = double.MaxValue;
        long allocated = 0;
        for (int round = 0; round < 4; round++)
        {
            benchmark.Subscribe();
            allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            benchmark.Register();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Added);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        return new Sample(best, (double)allocated / Added);
    }
}
