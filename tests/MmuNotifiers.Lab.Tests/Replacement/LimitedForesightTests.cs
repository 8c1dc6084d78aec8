using CsCheck;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Tests.Traces;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replacement;

/// <summary>How much of the future must be known to come near the optimum: the policy that knows some of it, and what it has on the recordings.</summary>
public sealed class LimitedForesightTests
{
    private static readonly Gen<int[]> Accesses = Gen.Int[0, 30].Array[1, 300];

    [Fact]
    public void Without_foresight_it_is_LRU() =>
        Gen.Select(Accesses, Gen.Int[1, 30]).Sample(
            (accesses, frames) =>
            {
                PageReferences references = PageReferences.Of(accesses);
                Assert.Equal(LeastRecentlyUsed.Refaults(references, frames), LimitedForesight.Refaults(references, frames, 0));
            },
            iter: 200);

    [Fact]
    public void With_all_of_the_future_it_is_the_optimum() =>
        Gen.Select(Accesses, Gen.Int[1, 30]).Sample(
            (accesses, frames) =>
            {
                PageReferences references = PageReferences.Of(accesses);
                Assert.Equal(BeladyOptimum.Refaults(references, frames), LimitedForesight.Refaults(references, frames, int.MaxValue));
            },
            iter: 200);

    [Fact]
    public void A_reference_model_that_searches_the_future_anew_each_time_agrees() =>
        Gen.Select(Gen.Int[0, 12].Array[1, 100], Gen.Int[1, 8], Gen.Int[0, 13]).Sample(
            (accesses, frames, foresight) => Assert.Equal(
                ByModel(accesses, frames, foresight), LimitedForesight.Refaults(PageReferences.Of(accesses), frames, foresight)),
            iter: 500);

    [Theory]
    [InlineData("sort-logs.mmtrace")]
    [InlineData("sqlite-reports.mmtrace")]
    public void Where_pages_leave_the_ends_are_the_same(string name)
    {
        PageReferences references = Load(name);
        int frames = references.PeakPages / 2;
        Assert.Equal(LeastRecentlyUsed.Refaults(references, frames), LimitedForesight.Refaults(references, frames, 0));
        Assert.Equal(BeladyOptimum.Refaults(references, frames), LimitedForesight.Refaults(references, frames, int.MaxValue));
    }

    /// <summary>The figures of docs/reclaim.md on both sides of one and a half optima, with half of the peak; foresight in eighths of memory.</summary>
    [Theory]
    [InlineData("2to3.mmtrace", 6, 8284, 7630)]
    [InlineData("sort-logs.mmtrace", 1, 4180, 4042)]
    [InlineData("speedtest1.mmtrace", 5, 2222, 2017)]
    [InlineData("sqlite-reports.mmtrace", 7, 24882, 21701)]
    public void So_much_of_the_future_must_be_known_for_one_and_a_half_optima(string name, int eighths, long refaults, long refaultsWithOneMore)
    {
        PageReferences references = Load(name);
        int frames = references.PeakPages / 2;
        Assert.Equal(refaults, LimitedForesight.Refaults(references, frames, frames * eighths / 8));
        Assert.Equal(refaultsWithOneMore, LimitedForesight.Refaults(references, frames, frames * (eighths + 1) / 8));
        double bound = 1.5 * BeladyOptimum.Refaults(references, frames);
        Assert.InRange(bound, refaultsWithOneMore, refaults);
    }

    private static PageReferences Load(string name)
    {
        using TraceReader reader = TraceReader.Open(Path.Combine(RepositoryFiles.Traces, "accesses", name));
        return PageReferences.Load(reader);
    }

    private static long ByModel(int[] accesses, int frames, int foresight)
    {
        List<int> resident = [];
        HashSet<int> seen = [];
        long refaults = 0;
        for (int i = 0; i < accesses.Length; i++)
        {
            int page = accesses[i];
            if (!resident.Remove(page))
            {
                refaults += seen.Add(page) ? 0 : 1;
                if (resident.Count == frames)
                {
                    // The first is the one that was used longest ago. A next use is known if fewer different pages than are foreseen are used before it.
                    int unknown = resident.FindIndex(each => NextUse(each, i) is null);
                    resident.RemoveAt(unknown >= 0 ? unknown : resident.IndexOf(resident.MaxBy(each => NextUse(each, i))));
                }
            }

            resident.Add(page);
        }

        return refaults;

        int? NextUse(int page, int now)
        {
            int next = Array.IndexOf(accesses, page, now);
            return next >= 0 && accesses[(now + 1)..next].Distinct().Count() < foresight ? next : null;
        }
    }
}
