using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;
using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>The reaper where subscribers refuse, each with the mistake that must be found.</summary>
public sealed class ReaperChecks
{
    [Fact]
    public void B14_A_reaper_that_is_refused_leaves_nobody_without_an_end() => StandingChecks.Exhaust(TwoMirrors());

    [Fact]
    public void B14_A_list_that_takes_nothing_back_is_caught() =>
        RaceCheck.Explore(TwoMirrors().Through(static primary => new NaiveNotifierList(primary))).AssertBroken(Invariants.Pairing);

    [Fact]
    public void B30_A_reaper_that_the_list_refuses_leaves_no_interval_open() => StandingChecks.Exhaust(IntervalAndMirror());

    [Fact]
    public void B30_A_list_that_leaves_intervals_open_is_caught() =>
        RaceCheck.Explore(IntervalAndMirror().Through(static primary => new NaiveNotifierList(primary)))
            .AssertBroken(Invariants.Pairing | Invariants.Liveness);

    /// <summary>What the mark of a reaped address space is for: the same pages taken away without it.</summary>
    [Fact]
    public void Zeroes_where_a_page_was_taken_away_are_caught() =>
        RaceCheck.Explore(RaceScenario.WithoutSecondary().Pages(1)
            .Thread("CPU", t => t.Read(0))
            .Thread("reaper", t => t.Call("reap without a mark", 0, 1, PageEffect.Vanish, static (space, range) =>
                space.Advise(range.Start, range.LengthBytes, Advice.DontNeed)))).AssertBroken(Invariants.Coherence);

    private static RaceScenario TwoMirrors() => Small.Over(PageMirror.Correct)
        .AndOver(PageMirror.Correct)
        .Pages(1)
        .Thread("reaper", t => t.Reap(0))
        .Thread("device of B", t => t.BeforeRace(before => before.DeviceRead(0, secondary: 1)).DeviceRead(0, secondary: 1));

    private static RaceScenario IntervalAndMirror() => Small.Over(static primary => new Lab.Checking.Catalogue.Secondaries.IntervalMirror(primary, ScenarioRun.RangeOf(0, 1)))
        .AndOver(PageMirror.Correct)
        .Pages(1)
        .Thread("reaper", t => t.Reap(0))
        .Thread("devices", t => t
            .BeforeRace(before => before.DeviceRead(0, secondary: 1))
            .DeviceRead(0, secondary: 1)
            .DeviceRead(0));
}
