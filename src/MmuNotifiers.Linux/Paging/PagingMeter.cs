using System.Diagnostics.Metrics;
using MmuNotifiers.Diagnostics;

namespace MmuNotifiers.Linux;

/// <summary>What all windows of the process count, on the meter <c>MmuNotifiers</c>: sums over those that are and those that were.</summary>
internal static class PagingMeter
{
    private static readonly Lock Gate = new();

    /// <summary>Guarded by the gate.</summary>
    private static readonly List<PagingCounters> Live = [];

    /// <summary>Of windows that are gone. Guarded by the gate.</summary>
    private static readonly PagingCounters Gone = new();

    internal static void Add(PagingCounters counters)
    {
        GC.KeepAlive(Instruments.All);
        lock (Gate)
        {
            Live.Add(counters);
        }
    }

    internal static void Remove(PagingCounters counters)
    {
        lock (Gate)
        {
            if (Live.Remove(counters))
            {
                Gone.MissingFaults += counters.MissingFaults;
                Gone.ProtectFaults += counters.ProtectFaults;
                Gone.SwapIns += counters.SwapIns;
                Gone.Evictions += counters.Evictions;
                Gone.FailedReads += counters.FailedReads;
                Gone.FailedWrites += counters.FailedWrites;
            }
        }
    }

    private static long Sum(Func<PagingCounters, long> count)
    {
        lock (Gate)
        {
            return count(Gone) + Live.Sum(count);
        }
    }

    /// <summary>Made on first use.</summary>
    private static class Instruments
    {
        internal static readonly Instrument[] All =
        [
            Counter("mmu_notifiers.paging.missing_faults", static all => all.MissingFaults, "{fault}", "Faults that brought a page in."),
            Counter("mmu_notifiers.paging.protect_faults", static all => all.ProtectFaults, "{fault}", "Stores to pages that were write-protected."),
            Counter("mmu_notifiers.paging.swap_ins", static all => all.SwapIns, "{page}", "Pages that came back from the store because somebody waited."),
            Counter("mmu_notifiers.paging.evictions", static all => all.Evictions, "{page}", "Pages that went."),
            Counter("mmu_notifiers.paging.failed_reads", static all => all.FailedReads, "{page}", "Pages that the store did not give."),
            Counter("mmu_notifiers.paging.failed_writes", static all => all.FailedWrites, "{page}", "Pages that the store did not take."),
        ];

        private static ObservableCounter<long> Counter(string name, Func<PagingCounters, long> count, string unit, string description) =>
            NotifierDiagnostics.Meter.CreateObservableCounter(name, () => Sum(count), unit, description);
    }
}
