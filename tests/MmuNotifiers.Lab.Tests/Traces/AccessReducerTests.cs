using CsCheck;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Lab.Traces.Import;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class AccessReducerTests
{
    /// <summary>Accesses with some locality: near the page before, or anywhere.</summary>
    private static readonly Gen<(int Page, int Kinds)[]> Accesses =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 30], Gen.Int[1, 7]).Array[1, 400].Select(steps =>
        {
            int page = 0;
            return steps.Select(step => (page = step.Item1 == 0 ? step.Item2 : (page + step.Item1) % 5 + (page / 5 * 5), step.Item3)).ToArray();
        });

    [Fact]
    public void Misses_of_LRU_and_of_the_optimum_are_those_of_all_accesses_from_the_window_on()
    {
        Gen.Select(Accesses, Gen.Int[1, 12]).Sample(
            (accesses, window) =>
            {
                PageReferences all = PageReferences.Of([.. accesses.Select(access => access.Page)]);
                PageReferences kept = PageReferences.Of([.. Reduce(accesses, window).Select(access => (int)access.Address.PageNumber)]);
                for (int frames = window; frames <= 31; frames++)
                {
                    Assert.Equal(LeastRecentlyUsed.Refaults(all, frames), LeastRecentlyUsed.Refaults(kept, frames));
                    Assert.Equal(BeladyOptimum.Refaults(all, frames), BeladyOptimum.Refaults(kept, frames));
                }
            },
            iter: 300);
    }

    [Fact]
    public void What_was_done_with_a_page_is_kept()
    {
        Gen.Select(Accesses, Gen.Int[1, 12]).Sample(
            (accesses, window) =>
            {
                List<PageAccess> kept = Reduce(accesses, window);
                ILookup<int, int> before = accesses.ToLookup(access => access.Page, access => access.Kinds);
                ILookup<int, PageAccessKinds> after = kept.ToLookup(access => (int)access.Address.PageNumber, access => access.Kinds);
                Assert.Equal(before.Select(page => page.Key), after.Select(page => page.Key));
                foreach (IGrouping<int, int> page in before)
                {
                    Assert.Equal((PageAccessKinds)page.Aggregate((one, other) => one | other), after[page.Key].Aggregate((one, other) => one | other));
                }
            },
            iter: 300);
    }

    [Fact]
    public void An_access_between_two_others_is_left_out_if_fewer_other_pages_lie_between_than_the_window_holds()
    {
        (int, int)[] accesses = [(1, 1), (2, 1), (1, 2), (3, 1), (1, 1), (4, 1), (5, 1), (6, 1), (1, 1)];
        Assert.Equal([1, 2, 3, 1, 4, 5, 6, 1], Reduce(accesses, 3).Select(access => (int)access.Address.PageNumber));
        Assert.Equal([1, 2, 1, 3, 1, 4, 5, 6, 1], Reduce(accesses, 2).Select(access => (int)access.Address.PageNumber));
        Assert.Equal(PageAccessKinds.Read | PageAccessKinds.Write, Reduce(accesses, 3)[3].Kinds);
    }

    [Fact]
    public void Accesses_in_a_row_are_one()
    {
        List<PageAccess> kept = Reduce([(1, 4), (1, 1), (1, 2), (2, 1)], 1);
        Assert.Equal([PageAccessKinds.Execute | PageAccessKinds.Read | PageAccessKinds.Write, PageAccessKinds.Read], kept.Select(access => access.Kinds));
    }

    [Fact]
    public void A_loop_over_few_pages_waits_in_little_memory()
    {
        var reducer = new AccessReducer(64);
        long taken = 0;
        for (int i = 0; i < 100_000; i++)
        {
            reducer.Add((ulong)(i % 7), PageAccessKinds.Read, i);
            while (reducer.TryTake(out _, out _))
            {
                taken++;
            }
        }

        Assert.InRange(reducer.WaitingCapacity, 1, 256);
        Assert.InRange(taken, 0, 7);
    }

    private static List<PageAccess> Reduce((int Page, int Kinds)[] accesses, int window)
    {
        var reducer = new AccessReducer(window);
        var kept = new List<PageAccess>();
        long last = 0;
        for (int i = 0; i < accesses.Length; i++)
        {
            reducer.Add((ulong)accesses[i].Page, (PageAccessKinds)accesses[i].Kinds, i);
            while (i % 3 == 0 && reducer.TryTake(out PageAccess access, out long stamp))
            {
                Assert.InRange(stamp, last, i);
                (last, kept) = (stamp, [.. kept, access]);
            }
        }

        while (reducer.TryDrain(out PageAccess access, out long stamp))
        {
            Assert.InRange(stamp, last, accesses.Length);
            (last, kept) = (stamp, [.. kept, access]);
        }

        return kept;
    }
}
