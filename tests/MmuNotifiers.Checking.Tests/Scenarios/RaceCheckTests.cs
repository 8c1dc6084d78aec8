using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using WritingASecondary;

namespace MmuNotifiers.Checking.Tests.Scenarios;

public sealed class RaceCheckTests
{
    [Fact]
    public void A_correct_secondary_passes()
    {
        RaceCheckResult result = RaceCheck.Explore(ReadAgainstUnmap(HookTable.Standard), new RaceCheckOptions
        {
            Search = SearchStrategy.BoundedPreemptions,
            Preemptions = 1,
        });
        Assert.True(result.Passed, result.ToString());
        Assert.Equal("at most 1 preemptions", result.Bound);
    }

    [Fact]
    public void A_page_that_is_unmapped_without_a_word_is_a_use_after_free()
    {
        RaceCheckResult result = RaceCheck.Explore(ReadAgainstUnmap(HookTable.Standard.Without(HookSite.Unmap)), new RaceCheckOptions
        {
            Search = SearchStrategy.BoundedPreemptions,
            Preemptions = 1,
            Watched = Invariants.All & ~Invariants.Coverage,
        });
        RaceViolation violation = result.AssertBroken(Invariants.UseAfterFree);
        Assert.Equal("vCPU 1 read frame 1 through an entry that no bracket had told it to drop, after the frame was freed.", violation.Sentence);
    }

    [Fact]
    public void A_schedule_that_starves_a_thread_is_no_violation()
    {
        RaceCheckResult result = RaceCheck.Explore(RaceScenario.Over(primary => new PageMirror(primary), mirror => mirror)
            .Pages(2)
            .Thread("reader", t => t.DeviceRead(0))
            .Thread("writer", t => t.DeviceWrite(0))
            .Thread("CPU", t => t.Unmap(0)));
        Assert.Null(result.Violation);
        Assert.True(result.Passed || result.Bound.Contains("never lets CPU go on", StringComparison.Ordinal), result.ToString());
    }

    private static RaceScenario ReadAgainstUnmap(HookTable hooks) => RaceScenario.Over(space => new TlbDomain(space, 16))
        .Pages(2)
        .Hooks(hooks)
        .Thread("vCPU 1", t => t.DeviceRead(0))
        .Thread("CPU", t => t.Unmap(0));
}
