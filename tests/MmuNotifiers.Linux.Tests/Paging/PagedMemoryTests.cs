using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>What a window of real memory holds and gives.</summary>
public sealed class PagedMemoryTests
{
    public static TheoryData<PagedMemoryBacking> Backings => [PagedMemoryBacking.Anonymous, PagedMemoryBacking.SharedMemory];

    [Theory]
    [MemberData(nameof(Backings))]
    public async Task Native_code_finds_in_each_page_what_it_stored_there(PagedMemoryBacking backing)
    {
        await using var swap = new MemorySwapStore(1024);
        using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions { Pages = 256, MaxResidentPages = 32, Swap = swap, Backing = backing });
        for (int round = 0; round < 3; round++)
        {
            for (ulong page = 0; page < 256; page++)
            {
                VirtualAddress at = memory.Range.Start + (page << Page.Shift);
                Assert.Equal(round == 0 ? 0 : (page * 7) + (ulong)round, NativeAccess.Load64(at + 8));
                NativeAccess.Store64(at + 8, (page * 7) + (ulong)round + 1);
            }
        }

        Assert.True(memory.Statistics.ResidentPages <= 32);
        Assert.True(memory.Statistics.SwapIns + memory.Statistics.ReadAheads >= 256);
        Assert.Empty(memory.Failures);
    }
}
