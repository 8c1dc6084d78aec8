using System.Diagnostics.Metrics;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>What a window of real memory holds and gives.</summary>
public sealed class PagedMemoryTests : IDisposable
{
    private readonly OwnedStore _swap = new(new MemorySwapStore(1024));

    public static TheoryData<PagedMemoryBacking> Backings => [PagedMemoryBacking.Anonymous, PagedMemoryBacking.SharedMemory];

    public void Dispose() => _swap.Dispose();

    [Theory]
    [MemberData(nameof(Backings))]
    public void Native_code_finds_in_each_page_what_it_stored_there(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        for (ulong round = 0; round < 3; round++)
        {
            for (ulong page = 0; page < 256; page++)
            {
                VirtualAddress at = PageOf(memory, page) + 8;
                Assert.Equal(round == 0 ? 0 : (page * 7) + round, NativeAccess.Load64(at));
                NativeAccess.Store64(at, (page * 7) + round + 1);
            }
        }

        PagedMemoryStatistics statistics = memory.Statistics;
        Assert.InRange(statistics.ResidentPages, 1, 32);
        Assert.True(statistics.SwapIns + statistics.ReadAheads >= 256, $"{statistics}");
        Assert.True(statistics.HandlingMedian > TimeSpan.Zero && statistics.Handling99 >= statistics.HandlingMedian, $"{statistics}");
        Assert.Empty(memory.Failures);
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Managed_code_reads_and_writes_across_pages(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        byte[] written = new byte[64 << Page.Shift];
        new Random(1).NextBytes(written);
        byte[] read = new byte[written.Length];
        Assert.True(memory.TryWrite(PageOf(memory, 5) + 100, written));
        Assert.True(memory.TryRead(PageOf(memory, 5) + 100, read));
        Assert.Equal(written, read);
        Assert.Equal(written[0], NativeAccess.Load(PageOf(memory, 5) + 100));
    }

    [Fact]
    public void Outside_of_the_window_there_is_nothing()
    {
        using PagedMemory memory = Create();
        Assert.False(memory.TryRead(memory.Range.End, new byte[1]));
        Assert.False(memory.TryWrite(memory.Range.End - 1, new byte[2]));
        Span<Translation> translations = stackalloc Translation[2];
        RangeFaultResult result = memory.FaultRange(AddressRange.FromPages(memory.Range.End - 4096, 2), AccessRights.Read, translations);
        Assert.Equal(new RangeFaultResult(FaultResult.NotMapped, 1), result);
    }

    [Fact]
    public void A_page_that_only_was_read_goes_without_being_written_and_one_that_was_stored_to_does_not()
    {
        using PagedMemory memory = Create();
        Touch(memory, 0, 64, store: true);
        Touch(memory, 64, 128, store: true);
        Assert.True(memory.Statistics.Writes >= 64);
        long clean = memory.Statistics.CleanEvictions;
        Touch(memory, 0, 64, store: false);
        Touch(memory, 64, 128, store: false);
        Assert.True(memory.Statistics.CleanEvictions >= clean + 32, $"{memory.Statistics}");
        long faults = memory.Statistics.ProtectFaults;
        long writes = memory.Statistics.Writes;
        VirtualAddress last = PageOf(memory, 127) + 8;
        NativeAccess.Store64(last, 4711);
        Assert.Equal(faults + 1, memory.Statistics.ProtectFaults);
        Touch(memory, 0, 64, store: false);
        Assert.True(memory.Statistics.Writes > writes);
        Assert.Equal(4711UL, NativeAccess.Load64(last));
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Pages_of_zeroes_are_not_written_to_the_store(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        Touch(memory, 0, 256, store: false);
        PagedMemoryStatistics statistics = memory.Statistics;
        Assert.True(statistics.ZeroEvictions >= 200, $"{statistics}");
        Assert.Equal(0, statistics.Writes);
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Discarded_pages_read_as_zeroes_wherever_they_were(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        Touch(memory, 0, 64, store: true);
        using var witness = new BracketWitness(memory);
        Assert.Equal(64, memory.Discard(AddressRange.FromPages(PageOf(memory, 0), 100)));
        Assert.NotEmpty(witness.Brackets);
        Assert.All(witness.Brackets, static bracket => Assert.Equal(InvalidationEvent.Clear, bracket.Event));
        Assert.Equal(0, memory.Statistics.ResidentPages);
        for (ulong page = 0; page < 64; page++)
        {
            Assert.Equal(0UL, NativeAccess.Load64(PageOf(memory, page) + 8));
        }
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Pinned_pages_stay(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        Touch(memory, 0, 8, store: true);
        AddressRange pinned = AddressRange.FromPages(PageOf(memory, 0), 8);
        Assert.Equal(FaultResult.Success, memory.Pin(pinned));
        Touch(memory, 8, 256, store: true);
        Assert.Equal(8, CountResident(memory, pinned));
        Assert.Equal(0, memory.Discard(pinned));
        memory.Unpin(pinned);
        Touch(memory, 8, 256, store: true);
        Assert.Equal(0, CountResident(memory, pinned));
        Assert.Throws<InvalidOperationException>(() => memory.Unpin(pinned));
    }

    [Fact]
    public void Pins_leave_frames_for_others()
    {
        using PagedMemory memory = Create();
        Assert.Equal(FaultResult.OutOfMemory, memory.Pin(AddressRange.FromPages(PageOf(memory, 0), 32)));
        Assert.Equal(FaultResult.Success, memory.Pin(AddressRange.FromPages(PageOf(memory, 0), 28)));
        Touch(memory, 28, 256, store: true);
        memory.Unpin(AddressRange.FromPages(PageOf(memory, 0), 28));
    }

    [Fact]
    public void Prefetched_pages_are_there_without_a_fault()
    {
        using PagedMemory memory = Create();
        Touch(memory, 0, 128, store: true);
        Assert.Equal(16, memory.Prefetch(AddressRange.FromPages(PageOf(memory, 0), 16)));
        long faults = memory.Statistics.MissingFaults;
        for (ulong page = 0; page < 16; page++)
        {
            Assert.Equal(page + 1, NativeAccess.Load64(PageOf(memory, page) + 8));
        }

        Assert.Equal(faults, memory.Statistics.MissingFaults);
    }

    [Fact]
    public void Faults_that_follow_each_other_read_ahead()
    {
        using PagedMemory memory = Create();
        Touch(memory, 0, 256, store: true);
        long faults = memory.Statistics.MissingFaults;
        Touch(memory, 0, 128, store: false);
        Assert.True(memory.Statistics.MissingFaults - faults < 64, $"{memory.Statistics}");
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Each_page_that_was_stored_to_since_is_told_to_be_dirty_and_no_other(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        Touch(memory, 0, 24, store: true);
        ulong[] dirty = new ulong[4];
        Assert.Equal(24, memory.CollectDirty(memory.Range, dirty));
        Assert.Equal(0, memory.CollectDirty(memory.Range, dirty));
        Assert.All(dirty, static word => Assert.Equal(0UL, word));
        Touch(memory, 0, 24, store: false);
        NativeAccess.Store64(PageOf(memory, 3) + 8, 1);
        Assert.True(memory.TryWrite(PageOf(memory, 70), [1]));
        Assert.Equal(2, memory.CollectDirty(memory.Range, dirty));
        Assert.Equal([1UL << 3, 1UL << 6, 0, 0], dirty);
    }

    [Fact]
    public void What_a_page_was_written_is_remembered_while_it_is_in_the_store()
    {
        using PagedMemory memory = Create();
        ulong[] dirty = new ulong[4];
        memory.CollectDirty(memory.Range, dirty);
        Touch(memory, 10, 11, store: true);
        Touch(memory, 100, 200, store: false);
        Assert.Equal(0, CountResident(memory, AddressRange.OfPage(PageOf(memory, 10))));
        Assert.Equal(1, memory.CollectDirty(AddressRange.FromPages(PageOf(memory, 0), 64), dirty));
        Assert.Equal(1UL << 10, dirty[0]);
    }

    [Fact]
    public void A_page_that_was_discarded_past_the_window_reads_as_zeroes()
    {
        using PagedMemory memory = Create();
        Touch(memory, 0, 4, store: true);
        AddressRange range = AddressRange.FromPages(PageOf(memory, 1), 2);
        Assert.Equal(0, Libc.Advise((nint)range.Start.Value, (nuint)range.LengthBytes, Libc.AdviseDontNeed));
        Assert.Equal(0UL, NativeAccess.Load64(PageOf(memory, 1) + 8));
        Touch(memory, 8, 256, store: true);
        Assert.Equal(0UL, NativeAccess.Load64(PageOf(memory, 2) + 8));
        Assert.Equal(4UL, NativeAccess.Load64(PageOf(memory, 3) + 8));
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void A_process_that_is_started_meanwhile_has_no_part_in_the_window(PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(backing);
        Touch(memory, 0, 256, store: true);
        using (var child = System.Diagnostics.Process.Start("/bin/true"))
        {
            child.WaitForExit();
        }

        for (ulong page = 0; page < 256; page++)
        {
            Assert.Equal(page + 1, NativeAccess.Load64(PageOf(memory, page) + 8));
            NativeAccess.Store64(PageOf(memory, page) + 8, page + 1);
        }

        Assert.Empty(memory.Failures);
    }

    [Theory]
    [MemberData(nameof(Backings))]
    public void Faults_and_evictions_allocate_nothing_when_warm(PagedMemoryBacking backing)
    {
        Host.Require(backing);
        using var swap = new OwnedStore(new PlainStore(1024));
        using PagedMemory memory = PagedMemory.Create(Options() with { Swap = swap.Store, Backing = backing });
        Touch(memory, 0, 256, store: true);
        for (int round = 0; round < 20; round++)
        {
            Touch(memory, 0, 256, store: false);
            Touch(memory, 0, 256, store: true);
        }

        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Touch(memory, 0, 256, store: false);
            Touch(memory, 0, 256, store: true);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // Other tests of this process may allocate beside it: four faults for each byte would still be one allocation in a hundred faults.
        Assert.True(least < 256, $"{least} bytes in some 500 faults");
    }

    [Fact]
    public void The_meter_counts_faults_and_evictions()
    {
        Dictionary<string, long> counts = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("mmu_notifiers.paging.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) => counts[instrument.Name] = count);
        using PagedMemory memory = Create();
        listener.Start();
        Touch(memory, 0, 128, store: true);
        listener.RecordObservableInstruments();
        Assert.True(counts["mmu_notifiers.paging.missing_faults"] >= 128);
        Assert.True(counts["mmu_notifiers.paging.evictions"] >= 96);
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PagedMemory.Create(Options() with { Pages = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => PagedMemory.Create(Options() with { MaxResidentPages = 8 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => PagedMemory.Create(Options() with { MinimumResidency = TimeSpan.FromSeconds(2) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => PagedMemory.Create(Options() with { ReadAheadPages = 65 }));
    }

    private PagedMemoryOptions Options() => new() { Pages = 256, MaxResidentPages = 32, Swap = _swap.Store };

    private PagedMemory Create(PagedMemoryBacking backing = PagedMemoryBacking.Anonymous)
    {
        Host.Require(backing);
        return PagedMemory.Create(Options() with { Backing = backing });
    }

    private static VirtualAddress PageOf(PagedMemory memory, ulong page) => memory.Range.Start + (page << Page.Shift);

    private static void Touch(PagedMemory memory, ulong first, ulong end, bool store)
    {
        for (ulong page = first; page < end; page++)
        {
            if (store)
            {
                NativeAccess.Store64(PageOf(memory, page) + 8, page + 1);
            }
            else
            {
                NativeAccess.Load64(PageOf(memory, page) + 8);
            }
        }
    }

    private static int CountResident(PagedMemory memory, AddressRange range)
    {
        Translation[] translations = new Translation[(int)range.Pages];
        memory.FaultRange(range, AccessRights.None, translations);
        return translations.Count(static translation => translation.Rights != AccessRights.None);
    }
}
