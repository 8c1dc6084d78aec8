using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Live.Tests.Secondaries;

/// <summary>A card's DMA engine that moves bytes from one window of real memory to another, neither of which fits.</summary>
public sealed class DmaTests
{
    private const int Pages = 512;
    private const int ResidentPages = Pages / 4;
    private const int Bursts = 1500;
    private const int BurstPages = 4;

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous)]
    [InlineData(PagedMemoryBacking.SharedMemory)]
    public async Task Bytes_arrive_in_another_window_as_they_were_however_often_both_are_evicted(PagedMemoryBacking backing)
    {
        Host.Require(HostCapabilities.PagedMemory, backing == PagedMemoryBacking.Anonymous ? HostCapabilities.PagedMemory : HostCapabilities.SharedPagedMemory);
        using Watchdog watchdog = new(TimeSpan.FromMinutes(2));
        await using MemorySwapStore swap = new(4 * Pages);
        await using MemorySwapStore otherSwap = new(4 * Pages);
        using PagedMemory from = Create(swap, backing);
        using PagedMemory to = Create(otherSwap, backing);
        NetworkCard card = new();
        using CardContext source = card.Attach(from);
        using CardContext target = card.Attach(to);
        MemoryRegion sourceRegion = source.Register(from.Range, AccessRights.Read);
        MemoryRegion targetRegion = target.Register(to.Range, AccessRights.ReadWrite);
        for (int page = 0; page < Pages; page++)
        {
            Native.Store64(AddressOf(from, page), (ulong)page + 1);
        }

        int[] expected = new int[Pages];
        Random random = new(7);
        using (DmaEngine engine = new(card, depth: 8))
        {
            for (int burst = 0; burst < Bursts; burst++)
            {
                int first = random.Next(Pages - BurstPages);
                int there = random.Next(Pages - BurstPages);
                WorkRequest request = new((ulong)burst, sourceRegion, AddressOf(from, first), targetRegion, AddressOf(to, there), BurstPages * Page.SizeBytes);
                while (!engine.TryPost(in request))
                {
                    Complete(engine);
                }

                for (int page = 0; page < BurstPages; page++)
                {
                    expected[there + page] = first + page + 1;
                }
            }

            while (engine.Poll(out Completion completion))
            {
                Assert.Equal(CompletionStatus.Success, completion.Status);
            }
        }

        Span<ulong> word = stackalloc ulong[1];
        for (int page = 0; page < Pages; page++)
        {
            Assert.True(to.TryRead(AddressOf(to, page), MemoryMarshal.AsBytes(word)));
            Assert.Equal((ulong)expected[page], word[0]);
        }

        Assert.True(from.Statistics.Evictions > Pages && to.Statistics.Evictions > Pages);
    }

    private static void Complete(DmaEngine engine)
    {
        if (engine.Poll(out Completion completion))
        {
            Assert.Equal(CompletionStatus.Success, completion.Status);
        }
    }

    private static PagedMemory Create(MemorySwapStore swap, PagedMemoryBacking backing) => PagedMemory.Create(new PagedMemoryOptions
    {
        Pages = Pages, MaxResidentPages = ResidentPages, Swap = swap, Backing = backing, MinimumResidency = TimeSpan.FromMicroseconds(100),
    });

    private static VirtualAddress AddressOf(PagedMemory memory, int page) => memory.Range.Start + ((ulong)page << Page.Shift);
}
