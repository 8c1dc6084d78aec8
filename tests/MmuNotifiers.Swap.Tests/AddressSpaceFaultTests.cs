using MmuNotifiers.Primary;

namespace MmuNotifiers.Swap.Tests;

/// <summary>
/// An address space whose swap store fails, is slow, tears pages: 100,000 accesses and evictions. Every byte that is loaded is the one that was stored;
/// a page that the store refuses stays in memory; one that it cannot give is SIGBUS for that page alone; every error is counted and told.
/// </summary>
public sealed class AddressSpaceFaultTests
{
    private const int Operations = 100_000;
    private const int Workers = 2;
    private const int PagesOfWorker = 300;
    private const int Frames = 150;

    /// <summary>A read that fails now and then ends well long before; one of a broken page never does.</summary>
    private const int TriesOfFailingReads = 30;
    private const int TriesOfBrokenPages = 3;

    private static readonly SwapFaultOptions Loud = new()
    {
        FailedReads = 0.02, UnavailableReads = 0.01, FailedWrites = 0.02, FullWrites = 0.01, SlowTransfers = 0.0005,
    };

    /// <summary>Nothing else fails, so that the latest failures, of which few are kept, are of such pages.</summary>
    private static readonly SwapFaultOptions Silent = new() { TornWrites = 0.002, LostWrites = 0.002, SlowTransfers = 0.0005 };

    [Theory]
    [InlineData("memory")]
    [InlineData("lz4")]
    [InlineData("lz4+file")]
    [InlineData("file")]
    public async Task Nothing_is_lost_on_a_store_that_tells_its_errors(string stores)
    {
        using TemporaryFile file = new();
        await using FaultInjectingSwapStore store = new(Open(stores, file), Loud);
        using PhysicalMemory memory = Memory(store);
        SwappingWorker[] workers = Run(memory, TriesOfFailingReads);
        SwapFaultStatistics injected = store.Statistics;
        Assert.All(
            [injected.FailedReads, injected.UnavailableReads, injected.FailedWrites, injected.FullWrites, injected.SlowTransfers],
            count => Assert.True(count > 0, injected.ToString()));
        Assert.Equal(0, workers.Sum(worker => worker.GivenUp));

        // Every refused write is counted; a failed read is told to who wanted the page, and to nobody where it was read ahead.
        SwapStatistics counted = memory.SwapStatistics;
        Assert.Equal(injected.FailedWrites + injected.FullWrites, counted.FailedWrites);
        Assert.Equal(workers.Sum(worker => worker.BusErrors), counted.FailedReads);
        Assert.InRange(counted.FailedReads, 1, injected.FailedReads + injected.UnavailableReads);
        AssertTold(memory, store);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("lz4+memory")]
    [InlineData("file")]
    public async Task Pages_that_a_store_broke_in_silence_are_lost_alone(string stores)
    {
        using TemporaryFile file = new();
        await using FaultInjectingSwapStore store = new(Open(stores, file), Silent);
        using PhysicalMemory memory = Memory(store);
        SwappingWorker[] workers = Run(memory, TriesOfBrokenPages);
        SwapFaultStatistics injected = store.Statistics;
        Assert.InRange(workers.Sum(worker => worker.GivenUp), 1, injected.TornWrites + injected.LostWrites);
        Assert.Contains(memory.SwapFailures, failure => failure.Outcome is SwapOutcome.Corrupt or SwapOutcome.Lost);
        AssertTold(memory, store);
    }

    private static ISwapStore Open(string stores, TemporaryFile file) => stores switch
    {
        "memory" => new MemorySwapStore(4096),
        "lz4" => new CompressedSwapStore(16 << 20),
        "lz4+memory" => new CompressedSwapStore(128 << 10, new MemorySwapStore(4096)),
        "lz4+file" => new CompressedSwapStore(128 << 10, OpenFile(file)),
        _ => OpenFile(file),
    };

    private static FileSwapStore OpenFile(TemporaryFile file) => new(new FileSwapStoreOptions { Path = file.Path, SizeBytes = 16 << 20 });

    private static PhysicalMemory Memory(ISwapStore store) => new(
        Frames, reclaim: new ReclaimOptions { Swap = store, ReadAheadPages = 4, MinimumResidency = TimeSpan.FromMicroseconds(50) });

    /// <summary>Two threads with an area each, in one address space; none of their pages is ever another's.</summary>
    private static SwappingWorker[] Run(PhysicalMemory memory, int tries)
    {
        using AddressSpace space = new(memory);
        SwappingWorker[] workers = [.. Enumerable.Range(0, Workers).Select(worker => new SwappingWorker(
            space,
            space.Map(new MapRequest((ulong)(PagesOfWorker + 4) << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address,
            PagesOfWorker,
            worker + 1,
            tries))];
        Thread[] threads = [.. workers.Select(worker => new Thread(() => worker.Run(Operations / Workers)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Array.ForEach(workers, worker => worker.LoadAll());
        Assert.Equal(0, workers.Sum(worker => worker.WrongPages));
        Assert.Empty(workers.SelectMany(worker => worker.Others));
        return workers;
    }

    private static void AssertTold(PhysicalMemory memory, FaultInjectingSwapStore store)
    {
        Assert.NotEmpty(memory.SwapFailures);
        Assert.All(memory.SwapFailures, failure =>
        {
            Assert.Equal(store.Name, failure.Store);
            Assert.Contains("slot", failure.Detail, StringComparison.Ordinal);
        });
    }
}
