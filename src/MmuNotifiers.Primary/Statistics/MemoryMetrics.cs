using System.Diagnostics.Metrics;
using MmuNotifiers.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// <see cref="AddressSpaceStatistics"/> of every address space of the process, on the meter <c>MmuNotifiers</c>. Each measurement names its
/// address space by the tag <c>mmu_notifiers.space</c>, see <see cref="AddressSpace.MetricsName"/>. Costs nothing as long as nobody collects.
/// </summary>
internal static class MemoryMetrics
{
    private const string SpaceTag = "mmu_notifiers.space";
    private const string KindTag = "mmu_notifiers.page.kind";
    private const string ReasonTag = "mmu_notifiers.eviction.reason";

    /// <summary>Held while somebody collects, so that no pool goes meanwhile.</summary>
    private static readonly SharedLock PoolsLock = new();

    /// <summary>Pools that were not disposed; one that was forgotten shall not live on because of this. Guarded by the lock.</summary>
    private static readonly List<WeakReference<PhysicalMemory>> Pools = [];

    /// <summary>What the reclaim of pools did that were disposed: a counter does not fall. Guarded by the lock.</summary>
    private static ReclaimStatistics OfDisposed;

    /// <summary>How many pools were ever made. Guarded by the lock.</summary>
    private static long Made;

    /// <summary>Publishes the address spaces of a pool.</summary>
    /// <returns>The pool's number in this process.</returns>
    internal static long Add(PhysicalMemory memory)
    {
        GC.KeepAlive(Instruments.All);
        using SharedLock.Scope held = PoolsLock.EnterScope();
        Pools.Add(new WeakReference<PhysicalMemory>(memory));
        return ++Made;
    }

    /// <summary>A pool is about to be disposed: nobody looks at its address spaces when this returns, nor later.</summary>
    internal static void Remove(PhysicalMemory memory)
    {
        using SharedLock.Scope held = PoolsLock.EnterScope();
        OfDisposed = memory.Reclaim is { } reclaim ? OfDisposed.Plus(reclaim.Statistics) : OfDisposed;
        Pools.RemoveAll(pool => !pool.TryGetTarget(out PhysicalMemory? there) || ReferenceEquals(there, memory));
    }

    private static List<Measurement<long>> Pages() => Measure(static (statistics, space, found) =>
    {
        found.Add(Of(statistics.AnonymousPages, space, KindTag, "anonymous"));
        found.Add(Of(statistics.ObjectPages, space, KindTag, "object"));
        found.Add(Of(statistics.SwappedPages, space, KindTag, "swapped"));
        found.Add(Of(statistics.SwapCachePages, space, KindTag, "swap_cache"));
    });

    private static List<Measurement<long>> SwapIns() =>
        Measure(static (statistics, space, found) => found.Add(new Measurement<long>(statistics.SwapIns, space)));

    private static List<Measurement<long>> Refaults() =>
        Measure(static (statistics, space, found) => found.Add(new Measurement<long>(statistics.Refaults, space)));

    private static List<Measurement<long>> Evictions() => Measure(static (statistics, space, found) =>
    {
        found.Add(Of(statistics.Evictions.Pressure, space, ReasonTag, "pressure"));
        found.Add(Of(statistics.Evictions.Background, space, ReasonTag, "background"));
        found.Add(Of(statistics.Evictions.SpaceLimit, space, ReasonTag, "space_limit"));
        found.Add(Of(statistics.Evictions.Advice, space, ReasonTag, "advice"));
    });

    private static List<Measurement<long>> Measure(
        Action<AddressSpaceStatistics, KeyValuePair<string, object?>, List<Measurement<long>>> add)
    {
        List<Measurement<long>> found = [];
        using SharedLock.Scope held = PoolsLock.EnterScope();
        foreach (WeakReference<PhysicalMemory> pool in Pools)
        {
            foreach (AddressSpace space in pool.TryGetTarget(out PhysicalMemory? memory) ? memory.Spaces.ToArray() : [])
            {
                add(space.GetStatistics(), new KeyValuePair<string, object?>(SpaceTag, space.MetricsName), found);
            }
        }

        return found;
    }

    /// <summary>What the reclaim of all pools did, of those that were disposed too.</summary>
    private static long SumOfReclaim(Func<ReclaimStatistics, long> count)
    {
        using SharedLock.Scope held = PoolsLock.EnterScope();
        long sum = count(OfDisposed);
        foreach (WeakReference<PhysicalMemory> pool in Pools)
        {
            sum += pool.TryGetTarget(out PhysicalMemory? memory) && memory.Reclaim is { } reclaim ? count(reclaim.Statistics) : 0;
        }

        return sum;
    }

    private static ObservableCounter<long> OfReclaim(string name, string unit, string description, Func<ReclaimStatistics, long> count) =>
        NotifierDiagnostics.Meter.CreateObservableCounter($"mmu_notifiers.reclaim.{name}", () => SumOfReclaim(count), unit, description);

    private static Measurement<long> Of(long value, KeyValuePair<string, object?> space, string tag, string tagValue) =>
        new(value, space, new KeyValuePair<string, object?>(tag, tagValue));

    /// <summary>Made on first use.</summary>
    private static class Instruments
    {
        internal static readonly Instrument[] All =
        [
            NotifierDiagnostics.Meter.CreateObservableUpDownCounter("mmu_notifiers.pages", Pages, "{page}", "Pages of an address space, by kind."),
            NotifierDiagnostics.Meter.CreateObservableCounter("mmu_notifiers.swap_ins", SwapIns, "{page}", "Pages that faults brought back from swap."),
            NotifierDiagnostics.Meter.CreateObservableCounter("mmu_notifiers.refaults", Refaults, "{page}", "Evicted pages that faults brought back."),
            NotifierDiagnostics.Meter.CreateObservableCounter("mmu_notifiers.evictions", Evictions, "{page}", "Pages that were evicted while they were mapped."),
            OfReclaim("scanned", "{pte}", "Ptes that walks asked for their age.", static statistics => statistics.Scanned),
            OfReclaim("rescued", "{page}", "Pages that were to go and had been used.", static statistics => statistics.Rescued),
            OfReclaim("walks", "{walk}", "Walks over page tables.", static statistics => statistics.Walks),
            OfReclaim("stalls", "{stall}", "Allocations that had to reclaim a frame.", static statistics => statistics.DirectStalls),
            OfReclaim("residency_waits", "{wait}", "Waits because every page had just come.", static statistics => statistics.ResidencyWaits),
            OfReclaim("wakeups", "{wakeup}", "Wakeups of background reclaim.", static statistics => statistics.BackgroundWakeups),
            OfReclaim("failures", "{allocation}", "Allocations that got no frame.", static statistics => statistics.Failures),
        ];
    }
}
