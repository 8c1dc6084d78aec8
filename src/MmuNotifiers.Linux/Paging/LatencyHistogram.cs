using System.Diagnostics;
using System.Numerics;

namespace MmuNotifiers.Linux;

/// <summary>
/// How long things took: counts in buckets, eight for each power of two nanoseconds, so that a quantile is right to an eighth. Added to by any thread
/// without a lock; a reader may see a sum that is being made.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[64 * Steps];

    /// <summary>Adds a duration, in ticks of <see cref="Stopwatch"/>, so many times.</summary>
    internal void Add(long ticks, int times)
    {
        ulong nanoseconds = (ulong)Math.Max((long)(ticks * (1e9 / Stopwatch.Frequency)), 1);
        int magnitude = BitOperations.Log2(nanoseconds);
        int step = magnitude < StepBits ? 0 : (int)(nanoseconds >> (magnitude - StepBits)) & (Steps - 1);
        Interlocked.Add(ref _counts[(magnitude << StepBits) + step], times);
    }

    /// <summary>The duration that a part of all did not exceed; zero where there were none.</summary>
    /// <param name="part">From 0 to 1.</param>
    internal TimeSpan Quantile(double part)
    {
        long all = 0;
        foreach (ref long count in _counts.AsSpan())
        {
            all += Volatile.Read(ref count);
        }

        long rest = (long)Math.Ceiling(all * part);
        for (int i = 0; i < _counts.Length && all > 0; i++)
        {
            rest -= Volatile.Read(ref _counts[i]);
            if (rest <= 0)
            {
                double nanoseconds = Math.ScaleB(1 + (((i & (Steps - 1)) + 1.0) / Steps), i >> StepBits);
                return TimeSpan.FromTicks((long)Math.Ceiling(nanoseconds / 100));
            }
        }

        return TimeSpan.Zero;
    }
}
