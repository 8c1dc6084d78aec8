using System.Diagnostics;
using System.Globalization;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// How long an invalidator needs until busy CPUs have let go of pages that they use all the time. Before each shootdown the CPUs
/// have translated all of the pages again.
/// </summary>
internal static class ShootdownMeasurement
{
    private const int Rounds = 1000;
    private const int SectionLength = 64;

    /// <summary>Numbers in two cache lines.</summary>
    private const int Padding = 32;

    internal static void Run(TextWriter output)
    {
        Header(output);
        foreach (int readers in (int[])[1, 2])
        {
            foreach (int pages in (int[])[1, 64, 512])
            {
                Measure(readers, pages, output);
            }
        }
    }

    private static void Header(TextWriter output) => output.WriteLine("readers  pages   median ns   90 % ns   ns/page");

    private static void Measure(int readers, int pages, TextWriter output)
    {
        using FlatPrimary primary = new(pages);
        using TlbDomain domain = new(primary);
        bool stop = false;
        int[] rounds = new int[(readers + 1) * Padding];
        Thread[] threads = new Thread[readers];
        for (int i = 0; i < readers; i++)
        {
            SoftwareTlb cpu = domain.AddCpu();
            int own = i * Padding;
            threads[i] = new Thread(() => Walk(cpu, pages, ref rounds[own], ref stop));
            threads[i].Start();
        }

        long[] ticks = new long[Rounds];
        AddressRange range = AddressRange.FromPages(FlatPrimary.Base, (ulong)pages);
        InvalidationRange bracket = new(range, InvalidationEvent.Clear);
        IMmuNotifier notifier = domain;
        for (int round = 0; round < Rounds; round++)
        {
            // The CPUs say themselves that they are ready: looking at their entries would pull these into this cache.
            for (int i = 0; i < readers; i++)
            {
                while (Volatile.Read(ref rounds[i * Padding]) <= round)
                {
                    Thread.SpinWait(20);
                }
            }

            long start = Stopwatch.GetTimestamp();
            notifier.InvalidateRangeStart(in bracket);
            ticks[round] = Stopwatch.GetTimestamp() - start;
            notifier.InvalidateRangeEnd(in bracket);
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(threads, thread => thread.Join());
        Array.Sort(ticks);
        double scale = 1e9 / Stopwatch.Frequency;
        double median = ticks[Rounds / 2] * scale;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{readers,7} {pages,6} {median,11:F0} {ticks[Rounds * 9 / 10] * scale,9:F0} {median / pages,9:F1}"));
    }

    /// <summary>Reads a word of each page in turn; says so when it has gone around without a miss since the last shootdown.</summary>
    private static void Walk(SoftwareTlb cpu, int pages, ref int round, ref bool stop)
    {
        int page = 0;
        int hits = 0;
        while (!Volatile.Read(ref stop))
        {
            int accesses = 0;
            using (TlbSection section = cpu.Enter())
            {
                while (accesses < SectionLength && section.TryRead(FlatPrimary.Base + ((ulong)page << Page.Shift), out ulong _))
                {
                    accesses++;
                    page = page + 1 < pages ? page + 1 : 0;
                }
            }

            int before = hits;
            hits += accesses;
            if (accesses < SectionLength)
            {
                cpu.Fault(FlatPrimary.Base + ((ulong)page << Page.Shift), AccessRights.Read);
                hits = 0;
            }
            else if (before < pages && hits >= pages)
            {
                Volatile.Write(ref round, round + 1);
            }
        }
    }
}
