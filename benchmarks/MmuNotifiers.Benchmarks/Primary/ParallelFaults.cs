using System.Diagnostics;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>
/// Threads that fault pages of one area in, each its own 64 in a leaf of its own, and discard them again. Each thread's frames stay warm
/// in its processor's cache; frames that go to and fro between processors cost what moving their lines costs.
/// </summary>
internal sealed class ParallelFaults : IDisposable
{
    internal const int Rounds = 2000;
    internal const int PagesPerThread = 64;

    private const int PagesApart = 1024;

    private readonly Workspace _workspace;
    private readonly long[][] _ticks;

    internal ParallelFaults(int threads)
    {
        _workspace = new Workspace(threads * PagesApart);
        _ticks = new long[threads][];
        for (int i = 0; i < threads; i++)
        {
            _ticks[i] = new long[Rounds];
        }
    }

    /// <summary>All threads do their rounds at the same time.</summary>
    /// <returns>The time of one fault of one thread in nanoseconds: the median of all rounds of all threads, discards left out.</returns>
    internal double Run()
    {
        using Barrier start = new(_ticks.Length);
        Thread[] threads = new Thread[_ticks.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i;
            threads[i] = new Thread(() => Work(number, start));
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        long[] all = [.. _ticks.SelectMany(ticks => ticks)];
        Array.Sort(all);
        return Stopwatch.GetElapsedTime(0, all[all.Length / 2]).TotalNanoseconds / PagesPerThread;
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private void Work(int number, Barrier start)
    {
        AddressRange part = AddressRange.FromPages(
            _workspace.Range.Start + (((ulong)number * PagesApart) << Page.Shift), PagesPerThread);
        start.SignalAndWait();
        for (int round = 0; round < Rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            _workspace.Touch(part, AccessRights.Write);
            _ticks[number][round] = Stopwatch.GetTimestamp() - begin;
            _workspace.Discard(part);
        }
    }
}
