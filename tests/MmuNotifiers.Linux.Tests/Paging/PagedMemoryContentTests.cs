using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Four times as many pages as frames under random native loads and stores: no store is lost, and those that lose some are caught.</summary>
public sealed class PagedMemoryContentTests
{
    private const int Pages = 8192;
    private const int Frames = 2048;

    [Fact]
    public void No_store_is_lost_though_pages_come_and_go() => Isolated.RunForEachBacking(
        static backing =>
        {
            AssertKeeps(backing, neverMoves: false);
            if (backing == PagedMemoryBacking.Anonymous)
            {
                AssertKeeps(backing, neverMoves: true);
            }
        },
        TimeSpan.FromSeconds(60));

    [Fact]
    public void Without_write_protection_stores_are_lost() => Isolated.RunForEachBacking(
        static backing => AssertLoses(backing, PagingMutation.EvictsWithoutProtection), TimeSpan.FromSeconds(60));

    [Fact]
    public void Without_giving_up_the_slot_of_a_page_that_was_written_stores_are_lost() => Isolated.RunForEachBacking(
        static backing => AssertLoses(backing, PagingMutation.KeepsSlotOfWrittenPage), TimeSpan.FromSeconds(60));

    private static void AssertKeeps(PagedMemoryBacking backing, bool neverMoves)
    {
        using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
        PagedMemoryOptions options = Options(swap.Store, backing) with { NeverMoves = neverMoves };
        PagedMemoryStatistics statistics = Run(options, TimeSpan.FromSeconds(1.2), ulong.MaxValue, out ulong visits, out ulong wrong);
        Assert.Equal(0UL, wrong);
        Assert.True(statistics.Evictions > 2 * Frames, $"only {statistics}");
        Assert.True(visits > 10_000, $"only {visits} visits");
    }

    private static void AssertLoses(PagedMemoryBacking backing, PagingMutation mutation)
    {
        using var swap = new OwnedStore(new MemorySwapStore(Pages * 2));
        PagedMemoryOptions options = Options(swap.Store, backing) with { NeverMoves = true, AsksKernel = false, Mutation = mutation };
        Run(options, TimeSpan.FromSeconds(20), 1, out _, out ulong wrong);
        Assert.True(wrong > 0, "nothing was lost: this oracle would not see a loss");
    }

    private static PagedMemoryOptions Options(ISwapStore swap, PagedMemoryBacking backing) =>
        new() { Pages = Pages, MaxResidentPages = Frames, Swap = swap, Backing = backing };

    /// <summary>Lets native threads work until so many words are wrong, at most so long.</summary>
    private static PagedMemoryStatistics Run(PagedMemoryOptions options, TimeSpan most, ulong enough, out ulong visits, out ulong wrong)
    {
        using PagedMemory memory = PagedMemory.Create(options);
        using var crew = new TouchCrew(memory.Range, threads: 2, hotPages: 512);
        crew.RunUntil(() => crew.Wrong >= enough, most);
        crew.Stop();
        visits = crew.Visits;
        wrong = crew.Wrong;
        return memory.Statistics;
    }
}
