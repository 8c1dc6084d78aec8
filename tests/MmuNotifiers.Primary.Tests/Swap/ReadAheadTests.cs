using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>How many neighbours a swap-in reads along.</summary>
public sealed class ReadAheadTests : SwapTest
{
    private const int Pages = 128;
    private const int Most = 8;

    public ReadAheadTests()
        : base(frames: 512, readAheadPages: Most)
    {
        Space.MapPrivate(16, Pages);
        for (ulong page = 0; page < Pages; page++)
        {
            Space.Store(16 + page, (byte)(page + 1));
        }

        Assert.Equal(Pages, Evict(Space, 16, Pages).FreedPages);
    }

    [Fact]
    public void A_walk_in_order_keeps_reading_whole_windows()
    {
        Load(Enumerable.Range(0, Pages));

        Assert.Equal(Enumerable.Repeat(Most, Pages / Most), ReadSizes());
    }

    [Fact]
    public void Jumps_soon_read_nothing_along()
    {
        Load([0, 40, 16, 72, 100, 56, 120]);

        Assert.Equal([8, 4, 2, 1, 1, 1, 1], ReadSizes());
    }

    [Fact]
    public void A_walk_in_order_after_jumps_reads_more_and_more_along()
    {
        Load([0, 40, 16, 72, 100]);
        int jumps = Store.Reads.Length;

        Load(Enumerable.Range(101, 27));

        // Windows are aligned: the first has a page that is in memory, and the first of eight has four.
        Assert.Equal([1, 2, 4, 4, 8, 8], ReadSizes()[jumps..]);
    }

    [Fact]
    public void One_mapping_that_is_jumped_about_in_does_not_stop_another()
    {
        Space.MapPrivate(1024, Pages);
        for (ulong page = 0; page < Pages; page++)
        {
            Space.Store(1024 + page, (byte)(page + 1));
        }

        Assert.Equal(Pages, Evict(Space, 1024, Pages).FreedPages);
        Load([0, 40, 16, 72, 100]);
        int jumps = Store.Reads.Length;

        for (ulong page = 0; page < Pages; page++)
        {
            Assert.Equal((byte)(page + 1), Space.Load(1024 + page));
        }

        Assert.Equal(Enumerable.Repeat(Most, Pages / Most), ReadSizes()[jumps..]);
    }

    [Fact]
    public void A_window_is_at_most_what_is_allowed_and_halves_at_most()
    {
        ReadAheadWindow window = new();
        List<int> sizes = [];
        foreach (long slot in (long[])[0, 9, 30, 70, 71, 90])
        {
            sizes.Add(window.Next(slot, 6));
        }

        window.CountUse();
        sizes.Add(window.Next(5, 6));
        Assert.Equal([6, 3, 1, 1, 2, 1, 4], sizes);
    }

    private void Load(IEnumerable<int> pages)
    {
        foreach (int page in pages)
        {
            Assert.Equal((byte)(page + 1), Space.Load(16 + (ulong)page));
        }

        AssertInvariants();
    }

    private int[] ReadSizes() => [.. Store.Reads.Select(read => read.Length)];
}
