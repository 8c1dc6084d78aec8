namespace MmuNotifiers.Swap.Tests;

/// <summary>
/// Each store, beneath and above which transfers fail, are slow, are torn: 100,000 operations of four threads. No read that ends well gives other
/// bytes than were written, every error is told, and with the faults gone all pages are there whose write was not broken in silence.
/// </summary>
public sealed class StoreFaultTests
{
    private const int Operations = 100_000;
    private const int Workers = 4;
    private const int SlotsOfWorker = 700;
    private const long Slots = Workers * SlotsOfWorker;
    private const long Compressed = 512 << 10;

    private static readonly SwapFaultOptions Loud = new()
    {
        FailedReads = 0.02, UnavailableReads = 0.01, FailedWrites = 0.02, FullWrites = 0.01, SlowTransfers = 0.0005,
    };

    private static readonly SwapFaultOptions Silent = Loud with { Seed = 2, TornWrites = 0.01, LostWrites = 0.01 };

    [Theory]
    [InlineData("memory")]
    [InlineData("lz4")]
    [InlineData("lz4+memory")]
    public async Task What_stands_above_a_failing_store_never_sees_a_wrong_page(string stores)
    {
        FaultInjectingSwapStore faults = new(Open(stores), Silent);
        await using FaultInjectingSwapStore store = faults;
        StoreWorker[] workers = await Run(store);
        SwapFaultStatistics injected = faults.Statistics;
        Assert.All([injected.FailedReads, injected.UnavailableReads, injected.FailedWrites, injected.FullWrites, injected.TornWrites, injected.LostWrites, injected.SlowTransfers], count => Assert.True(count > 0));

        // Every error that was injected was told to who wrote; the stores themselves have none.
        Assert.Equal(injected.FailedWrites, Sum(workers, SwapOutcome.IoError));
        Assert.Equal(injected.FullWrites, Sum(workers, SwapOutcome.NoSpace));
        Assert.Equal(0, Sum(workers, SwapOutcome.Unavailable));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_on_a_failing_medium_loses_and_mixes_up_nothing(bool isDirect)
    {
        using TemporaryFile file = new();
        FaultyPageFile? medium = null;
        await using FaultInjectingSwapStore store = new(OpenFile(file, isDirect, faulty => medium = faulty), new SwapFaultOptions { SlowTransfers = 0.0005 });
        StoreWorker[] workers = await Run(store, isDirect ? Operations / 4 : Operations);
        Assert.All([medium!.FailedReads, medium.FailedWrites, medium.FullWrites, medium.BrokenWrites], count => Assert.True(count > 100));
        Assert.Equal(medium.FailedWrites, Sum(workers, SwapOutcome.IoError));
        Assert.Equal(medium.FullWrites, Sum(workers, SwapOutcome.NoSpace));
        medium.IsFaulty = false;
        List<(long Slot, SwapOutcome Outcome)> missing = await Missing(workers);
        Assert.All(missing, page => Assert.Equal((SwapOutcome.Corrupt, true), (page.Outcome, medium.IsDamaged(page.Slot))));
        Assert.NotEmpty(missing);
        AssertNothingWrong(workers);
    }

    [Fact]
    public async Task Packed_pages_in_front_of_a_failing_file_lose_and_mix_up_nothing()
    {
        using TemporaryFile file = new();
        FaultyPageFile? medium = null;
        FaultInjectingSwapStore behind = new(OpenFile(file, isDirect: false, faulty => medium = faulty), Loud);
        await using CompressedSwapStore store = new(Compressed, behind);
        StoreWorker[] workers = await Run(store);
        CompressedSwapStatistics statistics = store.Statistics;
        Assert.All(
            [statistics.FilledPages, statistics.PackedPages, statistics.PassedThroughPages, statistics.WrittenBackPages, statistics.FailedWriteBackPages],
            count => Assert.True(count > 100, statistics.ToString()));
        Assert.InRange(statistics.AllocatedBytes, 1, Compressed);
        medium!.IsFaulty = false;
        List<(long Slot, SwapOutcome Outcome)> missing = await Missing(workers, tries: 20);
        Assert.All(missing, page => Assert.Equal((SwapOutcome.Corrupt, true), (page.Outcome, medium.IsDamaged(page.Slot))));
        AssertNothingWrong(workers);
    }

    [Fact]
    public async Task A_store_that_gives_torn_pages_as_whole_is_noticed()
    {
        // The negative control: the same workers over a medium without checksums.
        using TemporaryFile file = new();
        await using UncheckedStore store = new(new FaultyPageFile(Medium(file, isDirect: false), seed: 5));
        StoreWorker worker = new(store, 0, SlotsOfWorker, seed: 1);
        await worker.Run(Operations / 50);
        Assert.True(worker.WrongPages > 0);
    }

    private static ISwapStore Open(string stores) => stores switch
    {
        "memory" => new MemorySwapStore(Slots),
        "lz4" => new CompressedSwapStore(16 << 20),
        _ => new CompressedSwapStore(Compressed, new MemorySwapStore(Slots)),
    };

    private static FileSwapStore OpenFile(TemporaryFile file, bool isDirect, Action<FaultyPageFile> opened) => new(
        new FileSwapStoreOptions { Path = file.Path, SizeBytes = Slots << Page.Shift, IsDirect = isDirect },
        (options, slotCount) =>
        {
            FaultyPageFile faulty = new(PageFiles.Open(options, slotCount), seed: 3);
            opened(faulty);
            return faulty;
        });

    private static IPageFile Medium(TemporaryFile file, bool isDirect) =>
        PageFiles.Open(new FileSwapStoreOptions { Path = file.Path, IsDirect = isDirect }, Slots);

    private static async Task<StoreWorker[]> Run(ISwapStore store, int operations = Operations)
    {
        StoreWorker[] workers =
            [.. Enumerable.Range(0, Workers).Select(worker => new StoreWorker(store, worker * SlotsOfWorker, SlotsOfWorker, worker + 1))];
        await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.Run(operations / Workers))));
        AssertNothingWrong(workers);
        return workers;
    }

    /// <summary>What cannot be read once the medium is well; what fails for another reason is tried again.</summary>
    private static async Task<List<(long Slot, SwapOutcome Outcome)>> Missing(StoreWorker[] workers, int tries = 1)
    {
        Dictionary<long, SwapOutcome> missing = [];
        for (int attempt = 0; attempt < tries; attempt++)
        {
            Dictionary<long, SwapOutcome> now = [];
            foreach (StoreWorker worker in workers)
            {
                foreach ((long slot, SwapOutcome outcome) in await worker.ReadAll())
                {
                    now[slot] = outcome;
                }
            }

            missing = attempt == 0 ? now : missing.Where(page => now.ContainsKey(page.Key)).ToDictionary(page => page.Key, page => Worse(page.Value, now[page.Key]));
        }

        return [.. missing.Select(page => (page.Key, page.Value))];

        static SwapOutcome Worse(SwapOutcome one, SwapOutcome other) => one > other ? one : other;
    }

    private static void AssertNothingWrong(StoreWorker[] workers)
    {
        Assert.Equal(0, workers.Sum(worker => worker.WrongPages));
        Assert.Equal(0, workers.Sum(worker => worker.UntoldErrors));
    }

    private static int Sum(StoreWorker[] workers, SwapOutcome outcome) => workers.Sum(worker => worker.Writes.GetValueOrDefault(outcome));

    /// <summary>A store that takes every page for whole that could be read.</summary>
    private sealed class UncheckedStore(IPageFile file) : ISwapStore
    {
        public string Name => "unchecked";

        public long SlotCount => Slots;

        public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
            Transfer(transfers, file.Write);

        public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
            Transfer(transfers, file.Read);

        public void Discard(ReadOnlySpan<long> slots)
        {
        }

        public ValueTask DisposeAsync()
        {
            file.Dispose();
            return default;
        }

        private static unsafe ValueTask Transfer(Memory<SwapTransfer> transfers, Func<long, ReadOnlySpan<nint>, PageFileResult> transfer)
        {
            foreach (ref SwapTransfer page in transfers.Span)
            {
                fixed (byte* bytes = page.Bytes.Span)
                {
                    PageFileResult result = transfer(PageFiles.HeaderBytes + (page.Slot << Page.Shift), [(nint)bytes]);
                    page.Outcome = result.Error == PageFileError.None ? SwapOutcome.Success : SwapOutcome.IoError;
                    page.Detail = result.Reason;
                }
            }

            return default;
        }
    }
}
