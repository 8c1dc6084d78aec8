using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Secondary MMUs, made for any primary, over real memory that is evicted under them.</summary>
public sealed class PagedMemorySecondaryTests
{
    private const int Pages = 512;

    private static readonly string[] Secondaries = ["software TLB", "shadow MMU", "network card", "registration cache"];

    [Fact]
    public void A_device_and_native_code_find_what_they_stored() => Isolated.RunForEachBacking(
        static backing =>
        {
            foreach (string secondary in Secondaries)
            {
                using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
                using PagedMemory memory = PagedMemory.Create(Options(swap.Store, backing));
                using ISecondaryMmu mmu = Attach(memory, secondary);
                Assert.Equal(0, UseDevice(memory, mmu.AddDevice(), rounds: 4000, native: true));
                Assert.True(memory.Statistics.Evictions > 1000, $"{secondary}: {memory.Statistics}");
                Assert.True(mmu.Statistics.Callbacks > 100, $"{secondary}: {mmu.Statistics}");
            }
        },
        TimeSpan.FromSeconds(60));

    [Fact]
    public void A_device_that_is_not_told_of_evictions_reads_what_is_no_longer_there() => Isolated.Run(
        () =>
        {
            Host.Require(PagedMemoryBacking.SharedMemory);
            using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
            using PagedMemory memory = PagedMemory.Create(
                Options(swap.Store, PagedMemoryBacking.SharedMemory) with { AsksSecondaries = false, Mutation = PagingMutation.EvictsWithoutBracket });
            using TlbDomain domain = new(memory);
            Assert.NotEqual(0, UseDevice(memory, domain.AddCpu(), rounds: 6000, native: false));
        },
        TimeSpan.FromSeconds(60));

    [Fact]
    public void Pages_that_only_a_device_uses_are_not_the_first_to_go()
    {
        Host.Require();
        using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
        Assert.True(RefaultsOfHotPages(swap.Store, asks: true) * 2 < RefaultsOfHotPages(swap.Store, asks: false));
    }

    private static PagedMemoryOptions Options(ISwapStore swap, PagedMemoryBacking backing) =>
        new() { Pages = Pages, MaxResidentPages = 64, Swap = swap, Backing = backing };

    private static ISecondaryMmu Attach(PagedMemory memory, string secondary) => secondary switch
    {
        "software TLB" => new TlbDomain(memory),
        "shadow MMU" => new IdentityGuest(memory),
        "network card" => new NetworkCard(new NetworkCardOptions { Entries = 128 }).Attach(memory),
        _ => new RegistrationCache(memory),
    };

    /// <returns>How often the device found something else than it had stored.</returns>
    private static int UseDevice(PagedMemory memory, ISecondaryDevice device, int rounds, bool native)
    {
        TouchCrew? crew = native ? new TouchCrew(memory.Range, threads: 1, hotPages: 0) : null;
        try
        {
            // The device's words lie between those of the native threads.
            Random random = new(7);
            ulong[] stored = new ulong[Pages];
            int wrong = 0;
            byte[] bytes = new byte[8];
            for (int i = 0; i < rounds; i++)
            {
                int page = random.Next(Pages);
                VirtualAddress at = memory.Range.Start + ((ulong)page << Page.Shift) + 264;
                Assert.Equal(FaultResult.Success, device.Read(at, bytes));
                wrong += BitConverter.ToUInt64(bytes) == stored[page] ? 0 : 1;
                stored[page] = (ulong)random.NextInt64();
                Assert.Equal(FaultResult.Success, device.Write(at, BitConverter.GetBytes(stored[page])));
            }

            crew?.Stop();
            Assert.Equal(0UL, crew?.Wrong ?? 0);
            return wrong;
        }
        finally
        {
            crew?.Dispose();
        }
    }

    /// <summary>A device uses eight pages between any two others of a long scan: how often do these have to come back?</summary>
    private static long RefaultsOfHotPages(ISwapStore swap, bool asks)
    {
        using PagedMemory memory = PagedMemory.Create(
            Options(swap, PagedMemoryBacking.Anonymous) with { AsksSecondaries = asks, MinimumResidency = TimeSpan.Zero, EvictionBatchPages = 1, ReadAheadPages = 0 });
        using TlbDomain domain = new(memory);
        SoftwareTlb cpu = domain.AddCpu();
        long refaults = 0;
        for (ulong i = 0; i < 4000; i++)
        {
            VirtualAddress hot = memory.Range.Start + ((i % 8) << Page.Shift);
            long before = memory.Statistics.SwapIns;
            cpu.Write(hot, (int)i + 1);
            refaults += memory.Statistics.SwapIns - before;
            memory.TryWrite(memory.Range.Start + ((8 + (i * 37 % (Pages - 8))) << Page.Shift), [1]);
        }

        return refaults;
    }
}
