using System.Diagnostics;
using System.Globalization;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>
/// The figures of docs/linux-memory.md: not a test, and run only when asked for (<c>--explicit only</c>), on a machine that does nothing else.
/// </summary>
public sealed unsafe class PagedMemoryMeasurements(ITestOutputHelper output)
{
    private const int Pages = 8192;
    private const int Frames = 4096;

    private readonly uint[] _order = new uint[Pages];
    private readonly ulong[] _nanoseconds = new ulong[Pages];

    [Fact(Explicit = true)]
    public void Latency_of_a_fault()
    {
        foreach (PagedMemoryBacking backing in Host.Backings())
        {
            foreach (int processor in (int[])[0, 1])
            {
                using var swap = new OwnedStore(new PlainStore(2 * Pages));
                using PagedMemory memory = PagedMemory.Create(Options(swap.Store, backing, Frames) with { HandlerProcessor = processor });
                string where = $"{backing}, handler {(processor == 0 ? "beside the thread" : "on the other processor")}";
                for (int i = 0; i < 3; i++)
                {
                    memory.Discard(memory.Range);
                    Time(memory, 0, Frames, stores: 1);
                }

                Report($"{where}: first store, a frame is free", Frames);
                Time(memory, Frames, Frames, stores: 1);
                Report($"{where}: first store, another page goes", Frames);
                Shuffle();
                Time(memory, 0, Pages, stores: 0);
                long before = memory.Statistics.SwapIns;
                Time(memory, 0, Pages, stores: 0);
                Report($"{where}: load at random, {memory.Statistics.SwapIns - before} of {Pages} from the store", Pages);
            }
        }
    }

    [Fact(Explicit = true)]
    public void Rate_of_faults_and_evictions()
    {
        foreach (PagedMemoryBacking backing in Host.Backings())
        {
            foreach (bool keepsClean in (bool[])[true, false])
            {
                using var swap = new OwnedStore(new PlainStore(2 * Pages));
                using PagedMemory memory = PagedMemory.Create(
                    Options(swap.Store, backing, Pages / 4) with { HandlerProcessor = 0, KeepsCleanPages = keepsClean });
                using var crew = new TouchCrew(memory.Range, threads: 1, hotPages: 0, processor: 0);
                TouchCrew.Wait(TimeSpan.FromSeconds(0.7));
                PagedMemoryStatistics before = memory.Statistics;
                long began = Stopwatch.GetTimestamp();
                TouchCrew.Wait(TimeSpan.FromSeconds(1.5));
                double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                PagedMemoryStatistics after = memory.Statistics;
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{backing}, clean pages {(keepsClean ? "kept" : "not kept")}: {(after.MissingFaults - before.MissingFaults) / seconds:n0} missing faults, {(after.ProtectFaults - before.ProtectFaults) / seconds:n0} protect faults, {(after.Evictions - before.Evictions) / seconds:n0} evictions a second"));
            }
        }
    }

    private static PagedMemoryOptions Options(ISwapStore swap, PagedMemoryBacking backing, int frames) =>
        new() { Pages = Pages, MaxResidentPages = frames, Swap = swap, Backing = backing };

    private void Shuffle()
    {
        for (uint i = 0; i < Pages; i++)
        {
            _order[i] = i;
        }

        new Random(1).Shuffle(_order);
    }

    /// <summary>Touches pages from a thread on processor 0.</summary>
    private void Time(PagedMemory memory, int first, int count, int stores)
    {
        for (uint i = 0; stores != 0 && i < count; i++)
        {
            _order[i] = (uint)first + i;
        }

        Thread thread = new(() =>
        {
            FaultHandler.RunOn(0);
            fixed (uint* order = _order)
            fixed (ulong* nanoseconds = _nanoseconds)
            {
                Toucher.Timed((nint)memory.Range.Start.Value, order, (ulong)count, stores, nanoseconds);
            }
        });
        thread.Start();
        thread.Join();
    }

    private void Report(string what, int count)
    {
        Span<ulong> all = _nanoseconds.AsSpan(0, count);
        all.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: p50 {all[count / 2] / 1e3:f1} us, p99 {all[count * 99 / 100] / 1e3:f1} us"));
    }
}
