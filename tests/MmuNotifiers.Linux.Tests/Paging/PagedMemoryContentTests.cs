using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Four times as many pages as frames under random native loads and stores: no store is lost, and those that lose some are caught.</summary>
public sealed class PagedMemoryContentTests
{
    private const int Pages = 8192;
    private const int Frames = 2048;

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous, false)]
    [InlineData(PagedMemoryBacking.Anonymous, true)]
    [InlineData(PagedMemoryBacking.SharedMemory, false)]
    public void No_store_is_lost_though_pages_come_and_go(PagedMemoryBacking backing, bool neverMoves) => Isolated.Run(
        () =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
            PagedMemoryStatistics statistics = Run(Options(swap.Store, backing) with { NeverMoves = neverMoves }, out ulong visits, out ulong wrong, ulong.MaxValue);
            Assert.Equal(0UL, wrong);
            Assert.True(statistics.Evictions > 5 * Frames, $"only {statistics}");
            Assert.True(visits > 10_000, $"only {visits} visits");
        },
        TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous)]
    [InlineData(PagedMemoryBacking.SharedMemory)]
    public void Without_write_protection_stores_are_lost(PagedMemoryBacking backing) =>
        AssertLoses(backing, PagingMutation.EvictsWithoutProtection);

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous)]
    [InlineData(PagedMemoryBacking.SharedMemory)]
    public void Without_giving_up_the_slot_of_a_page_that_was_written_stores_are_lost(PagedMemoryBacking backing) =>
        AssertLoses(backing, PagingMutation.KeepsSlotOfWrittenPage);

    private static void AssertLoses(PagedMemoryBacking backing, PagingMutation mutation) => Isolated.Run(
        () =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
            Run(Options(swap.Store, backing) with { NeverMoves = true, AsksKernel = false, Mutation = mutation }, out _, out ulong wrong, 1);
            Assert.True(wrong > 0, "nothing was lost: this oracle would not see a loss");
        },
        TimeSpan.FromSeconds(60));

    private static PagedMemoryOptions Options(ISwapStore swap, PagedMemoryBacking backing) =>
        new() { Pages = Pages, MaxResidentPages = Frames, Swap = swap, Backing = backing };

    private static PagedMemoryStatistics Run(PagedMemoryOptions options, out ulong visits, out ulong wrong, ulong enough)
    {
        Host.Require(options.Backing);
        using PagedMemory memory = PagedMemory.Create(options);
        using var crew = new TouchCrew(memory.Range, threads: 2, hotPages: 512);
        crew.RunUntil(() => crew.Wrong >= enough, enough == ulong.MaxValue ? TimeSpan.FromSeconds(1.5) : TimeSpan.FromSeconds(20));
        crew.Stop();
        visits = crew.Visits;
        wrong = crew.Wrong;
        Console.Error.WriteLine($"{options.Backing} {options.Mutation} {visits} {wrong} {memory.Statistics}");
        return memory.Statistics;
    }
}
