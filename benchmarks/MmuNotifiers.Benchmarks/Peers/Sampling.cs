using System.Diagnostics;

namespace MmuNotifiers.Benchmarks.Peers;

/// <summary>Takes samples of our side.</summary>
internal static class Sampling
{
    /// <summary>Times rounds as a whole.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="operations">How many operations a round is.</param>
    /// <param name="run">One round.</param>
    internal static Sample Repeated(int rounds, int operations, Action run)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < rounds; round++)
        {
            run();
        }

        return Of(Stopwatch.GetTimestamp() - start, GC.GetAllocatedBytesForCurrentThread() - bytes, (double)rounds * operations);
    }

    /// <summary>Times one part of each round.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="operations">How many operations the timed part of a round is.</param>
    /// <param name="prepare">Goes before the timed part.</param>
    /// <param name="run">The timed part.</param>
    internal static Sample Timed(int rounds, int operations, Action prepare, Action run)
    {
        long ticks = 0;
        long bytes = 0;
        for (int round = 0; round < rounds; round++)
        {
            prepare();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            run();
            ticks += Stopwatch.GetTimestamp() - start;
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return Of(ticks, bytes, (double)rounds * operations);
    }

    private static Sample Of(long ticks, long bytes, double operations) =>
        new(Stopwatch.GetElapsedTime(0, ticks).TotalNanoseconds / operations, bytes / operations);
}
