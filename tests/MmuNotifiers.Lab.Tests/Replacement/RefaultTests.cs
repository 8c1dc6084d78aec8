using CsCheck;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replacement;

/// <summary>The three policies over accesses whose refaults are known, and the laws that hold for all accesses.</summary>
public sealed class RefaultTests
{
    private static readonly Gen<int[]> Accesses = Gen.OneOf(
        Gen.Int[0, 30].Array[1, 300],
        Gen.Select(Gen.Int[2, 25], Gen.Int[2, 12], (pages, rounds) => Enumerable.Range(0, pages * rounds).Select(i => i % pages).ToArray()));

    [Fact]
    public void The_textbook_string_has_as_many_misses_as_the_textbook_says()
    {
        // Belady, Nelson, Shedler 1969: with four frames LRU misses 8 times, the optimum 6; with three 10 and 7. Five misses are first accesses.
        PageReferences references = PageReferences.Of(1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5);
        Assert.Equal((8 - 5, 10 - 5), (LeastRecentlyUsed.Refaults(references, 4), LeastRecentlyUsed.Refaults(references, 3)));
        Assert.Equal((6 - 5, 7 - 5), (BeladyOptimum.Refaults(references, 4), BeladyOptimum.Refaults(references, 3)));
    }

    [Fact]
    public void A_loop_over_one_page_more_than_fits_misses_each_time_under_LRU_and_rarely_under_the_optimum()
    {
        PageReferences references = PageReferences.Of([.. Enumerable.Range(0, 40).Select(i => i % 4)]);
        Assert.Equal(36, LeastRecentlyUsed.Refaults(references, 3));
        Assert.Equal(12, BeladyOptimum.Refaults(references, 3));
    }

    [Fact]
    public void Nothing_comes_back_where_everything_fits()
    {
        Accesses.Sample(
            accesses =>
            {
                RefaultCounts counts = RefaultCounts.Of(PageReferences.Of(accesses), 31);
                Assert.Equal((0, 0, 0), (counts.Optimum, counts.LeastRecentlyUsed, counts.Reclaim));
            },
            iter: 50);
    }

    [Fact]
    public void No_policy_has_fewer_refaults_than_the_optimum()
    {
        Gen.Select(Accesses, Gen.Int[1, 30]).Sample(
            (accesses, frames) =>
            {
                RefaultCounts counts = RefaultCounts.Of(PageReferences.Of(accesses), frames);
                Assert.InRange(counts.Optimum, 0, Math.Min(counts.LeastRecentlyUsed, counts.Reclaim));
            },
            iter: 200);
    }

    [Fact]
    public void The_optimum_is_what_a_search_over_all_choices_finds()
    {
        Gen.Select(Gen.Int[0, 4].Array[1, 12], Gen.Int[1, 4]).Sample(
            (accesses, frames) => Assert.Equal(
                Fewest(accesses, 0, [], [], frames), BeladyOptimum.Refaults(PageReferences.Of(accesses), frames)),
            iter: 100);
    }

    [Fact]
    public void More_frames_never_mean_more_refaults_under_LRU_and_the_optimum()
    {
        Accesses.Sample(
            accesses =>
            {
                PageReferences references = PageReferences.Of(accesses);
                for (int frames = 1; frames < 30; frames++)
                {
                    Assert.True(LeastRecentlyUsed.Refaults(references, frames + 1) <= LeastRecentlyUsed.Refaults(references, frames));
                    Assert.True(BeladyOptimum.Refaults(references, frames + 1) <= BeladyOptimum.Refaults(references, frames));
                }
            },
            iter: 50);
    }

    [Fact]
    public void A_page_that_was_unmapped_is_another_page_when_its_address_is_used_again()
    {
        var stamp = new TraceStamp(0, 7, 7);
        PageAccess page = new(new VirtualAddress(0x10000), PageAccessKinds.Write);
        PageAccess other = new(new VirtualAddress(0x20000), PageAccessKinds.Write);
        PageReferences references = Load(
            new AccessesEvent(stamp, [page, other]),
            new UnmapCall(stamp, 0, page.Address, 4096),
            new AccessesEvent(stamp, [page, other]));
        Assert.Equal((4L, 3, 2), (references.Accesses, references.Pages, references.PeakPages));
        Assert.Equal(1, LeastRecentlyUsed.Refaults(references, 1));
        Assert.Equal(0, LeastRecentlyUsed.Refaults(references, 2));
        Assert.Equal(0, BeladyOptimum.Refaults(references, 2));
        Assert.Equal(0, ReclaimPolicy.Refaults(references, 2));
    }

    [Fact]
    public void A_page_that_moves_stays_the_same()
    {
        var stamp = new TraceStamp(0, 7, 7);
        PageReferences references = Load(
            new AccessesEvent(stamp, [new PageAccess(new VirtualAddress(0x10000), PageAccessKinds.Write)]),
            new RemapCall(stamp, 0x50000, new VirtualAddress(0x10000), 4096, 8192, LinuxRemapFlags.MayMove, default),
            new AccessesEvent(stamp, [new PageAccess(new VirtualAddress(0x50000), PageAccessKinds.Read)]));
        Assert.Equal((2L, 1, 1), (references.Accesses, references.Pages, references.PeakPages));
    }

    [Fact]
    public void A_loop_larger_than_memory_is_where_reclaim_beats_LRU()
    {
        PageReferences references = PageReferences.Of([.. Enumerable.Range(0, 600 * 20).Select(i => i % 600)]);
        RefaultCounts counts = RefaultCounts.Of(references, 400);
        Assert.Equal(600 * 19, counts.LeastRecentlyUsed);
        Assert.InRange(counts.ReclaimRatio ?? 0, 1, 1.6);
    }

    /// <summary>The bound that docs/reclaim.md states: where nothing can be foreseen, no rule that looks back comes near one that looks ahead.</summary>
    [Fact]
    public void Where_pages_are_used_at_random_looking_back_is_far_from_the_optimum()
    {
        Random random = new(1);
        int[] pages = [.. Enumerable.Range(0, 200_000).Select(_ => random.Next(1000))];
        RefaultCounts counts = RefaultCounts.Of(PageReferences.Of(pages), 500);
        Assert.InRange(counts.LeastRecentlyUsedRatio ?? 0, 2.55, 2.7);
        Assert.InRange(counts.ReclaimRatio ?? 0, 2.55, 2.7);
    }

    private static PageReferences Load(params ReadOnlySpan<TraceEvent> events)
    {
        using var reader = new TraceReader(new MemoryStream(Traces.TraceGen.Write(new TraceHeader { Origin = TraceOrigin.Synthetic }, events.ToArray())), "trace");
        return PageReferences.Load(reader);
    }

    private static long Fewest(int[] accesses, int at, HashSet<int> resident, HashSet<int> seen, int frames)
    {
        if (at == accesses.Length)
        {
            return 0;
        }

        int page = accesses[at];
        if (resident.Contains(page))
        {
            return Fewest(accesses, at + 1, resident, seen, frames);
        }

        long refault = seen.Contains(page) ? 1 : 0;
        HashSet<int> seenNow = [.. seen, page];
        return refault + (resident.Count < frames
            ? Fewest(accesses, at + 1, [.. resident, page], seenNow, frames)
            : resident.Min(victim => Fewest(accesses, at + 1, [.. resident.Where(other => other != victim), page], seenNow, frames)));
    }
}
