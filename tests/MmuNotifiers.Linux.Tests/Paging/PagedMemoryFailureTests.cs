using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>What happens where stores, subscribers or callers fail, and what is left behind: nothing.</summary>
public sealed class PagedMemoryFailureTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_page_that_the_store_lost_ends_its_reader_alone_until_it_is_discarded() => Isolated.RunForEachBacking(
        static backing =>
        {
            Host.RequireFeature(UserfaultFeatures.Poison);
            using var swap = new OwnedStore(new FaultInjectingSwapStore(new MemorySwapStore(1024), new SwapFaultOptions { LostWrites = 0.2 }));
            using PagedMemory memory = Create(swap.Store, backing);
            for (ulong page = 0; page < 128; page++)
            {
                NativeAccess.Store64(PageOf(memory, page), page + 1);
            }

            List<ulong> lost = [];
            for (ulong page = 0; page < 128; page++)
            {
                if (!NativeAccess.CanRead(PageOf(memory, page)))
                {
                    lost.Add(page);
                    continue;
                }

                Assert.Equal(page + 1, NativeAccess.Load64(PageOf(memory, page)));
            }

            Assert.InRange(lost.Count, 1, 100);
            Assert.Contains(memory.Failures, failure => failure.Outcome == SwapOutcome.Lost && failure.Page == PageOf(memory, lost[0]));
            Span<Translation> translation = stackalloc Translation[1];
            AddressRange range = AddressRange.OfPage(PageOf(memory, lost[0]));
            Assert.False(memory.TryRead(range.Start, new byte[8]));
            Assert.Equal(FaultResult.BusError, memory.FaultRange(range, AccessRights.Read, translation).Result);
            Assert.Equal(1, memory.Discard(range));
            Assert.True(NativeAccess.CanRead(range.Start));
            Assert.Equal(0UL, NativeAccess.Load64(range.Start));
        },
        Limit);

    [Fact]
    public void Where_the_store_is_full_pages_stay_and_managed_callers_learn_it() => Isolated.Run(
        () =>
        {
            Host.Require();
            using var swap = new OwnedStore(new MemorySwapStore(16));
            using PagedMemory memory = Create(swap.Store, PagedMemoryBacking.Anonymous);
            ulong written = 0;
            while (written < 256 && memory.TryWrite(PageOf(memory, written), BitConverter.GetBytes(written + 1)))
            {
                written++;
            }

            Assert.Equal(48UL, written);
            Assert.Equal(FaultResult.OutOfMemory, memory.FaultRange(AddressRange.OfPage(PageOf(memory, 60)), AccessRights.Read, new Translation[1]).Result);
            Assert.Contains(memory.Failures, static failure => failure.Outcome == SwapOutcome.NoSpace);

            // A native thread waits for room, and gets it.
            using var isThere = new ManualResetEventSlim();
            var waiter = new Thread(() =>
            {
                NativeAccess.Store64(PageOf(memory, 60), 61);
                isThere.Set();
            });
            waiter.Start();
            while (memory.Statistics.StarvedFaults == 0)
            {
                Thread.Yield();
            }

            Assert.False(isThere.IsSet);
            Assert.Equal(8, memory.Discard(AddressRange.FromPages(PageOf(memory, 40), 8)));
            waiter.Join();
            for (ulong page = 0; page < 40; page++)
            {
                Assert.Equal(page + 1, NativeAccess.Load64(PageOf(memory, page)));
            }
        },
        Limit);

    [Fact]
    public void A_subscriber_that_throws_delays_faults_and_loses_nothing() => Isolated.Run(
        () =>
        {
            Host.Require();
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            using PagedMemory memory = Create(swap.Store, PagedMemoryBacking.Anonymous);
            using var witness = new BracketWitness(memory);
            int brackets = 0;
            witness.OnStart = _ =>
            {
                if (Interlocked.Increment(ref brackets) % 3 == 0)
                {
                    throw new InvalidOperationException("not today");
                }
            };
            for (ulong round = 0; round < 2; round++)
            {
                for (ulong page = 0; page < 128; page++)
                {
                    Assert.Equal(round == 0 ? 0 : page + 1, NativeAccess.Load64(PageOf(memory, page)));
                    NativeAccess.Store64(PageOf(memory, page), page + 1);
                }
            }

            Assert.Contains(memory.Failures, static failure => failure.Detail.Contains("not today", StringComparison.Ordinal));
        },
        Limit);

    [Fact]
    public void Nothing_is_left_of_a_window_that_was_disposed() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            for (int i = 0; i < 10; i++)
            {
                UseOnce(swap.Store, backing);
                Assert.Empty(Belongings.Mappings());
                Assert.Empty(Belongings.Descriptors());
            }

            // The kernel lists a thread for a moment after its end was waited for.
            Assert.True(SpinWait.SpinUntil(static () => ThreadsOfHandlers() == 0, TimeSpan.FromSeconds(10)));
        },
        Limit);

    [Fact]
    public void Disposal_tells_subscribers_and_ends_calls()
    {
        Host.Require();
        using var swap = new OwnedStore(new MemorySwapStore(1024));
        PagedMemory memory = Create(swap.Store, PagedMemoryBacking.Anonymous);
        using var witness = new BracketWitness(memory);
        AddressRange page = AddressRange.OfPage(memory.Range.Start);
        memory.Dispose();
        Assert.True(witness.IsReleased);
        Assert.False(memory.TryRead(page.Start, new byte[1]));
        Assert.Equal(FaultResult.NotMapped, memory.FaultRange(page, AccessRights.Read, new Translation[1]).Result);
        Assert.Equal(0, memory.Discard(page));
        Assert.Throws<InvalidOperationException>(() => memory.Register(witness));
        memory.Dispose();
    }

    [Fact]
    public void A_refusal_of_the_kernel_names_the_call_the_error_and_the_addresses()
    {
        LinuxException refusal = new("ioctl(UFFDIO_COPY)", 17, AddressRange.FromPages(new VirtualAddress(0x7f00_0000_0000), 1));
        Assert.Equal("ioctl(UFFDIO_COPY) failed: EEXIST (17) at [0x7f0000000000, 0x7f0000001000)", refusal.Message);
        Assert.Equal("EEXIST", refusal.ErrorName);
        Assert.Equal("mmap failed: errno 4095 (4095)", new LinuxException("mmap", 4095).Message);
    }

    private static PagedMemory Create(ISwapStore swap, PagedMemoryBacking backing) =>
        PagedMemory.Create(new PagedMemoryOptions { Pages = 256, MaxResidentPages = 32, Swap = swap, Backing = backing });

    private static VirtualAddress PageOf(PagedMemory memory, ulong page) => memory.Range.Start + (page << Page.Shift);

    private static void UseOnce(ISwapStore swap, PagedMemoryBacking backing)
    {
        using PagedMemory memory = Create(swap, backing);
        for (ulong page = 0; page < 256; page++)
        {
            NativeAccess.Store64(PageOf(memory, page), page + 1);
        }

        Assert.NotEmpty(Belongings.Mappings());
        Assert.NotEmpty(Belongings.Descriptors());
    }

    private static int ThreadsOfHandlers() => Directory.GetDirectories("/proc/self/task")
        .Count(static thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("mmu-notifiers", StringComparison.Ordinal));
}
