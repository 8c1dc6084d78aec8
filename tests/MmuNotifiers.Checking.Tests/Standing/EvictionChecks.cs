using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>
/// Eviction against those who use the page meanwhile, each scenario explored until no interleaving is left; and without its bracket, which
/// must be found.
/// </summary>
public sealed class EvictionChecks
{
    [Fact]
    public void A_load_of_a_cpu_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Read(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public void A_store_of_a_cpu_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Write(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public void Two_cpus_that_bring_one_page_in() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU 1", t => t.BeforeRace(before => before.Evict(0)).Read(0))
        .Thread("CPU 2", t => t.Write(0)));

    [Fact]
    public void An_unmapping_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Unmap(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public void Two_evictions_of_one_page() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("reclaim 1", t => t.Evict(0))
        .Thread("reclaim 2", t => t.Evict(0)));

    [Fact]
    public void The_end_of_the_address_space_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Exit())
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public void A_fork_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Fork().InChild(child => child.Read(0)))
        .Thread("reclaim", t => t.Evict(0)));

    /// <summary>What the bracket is for: a device that is not told goes on with a page that is somebody else's by then.</summary>
    [Fact]
    public void An_eviction_without_a_bracket_is_caught_by_the_use_of_a_freed_page() =>
        RaceCheck.Explore(
            Small.Over(PageMirror.Correct).Pages(1).Hooks(HookTable.Standard.Without(HookSite.SwapOut))
                .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
                .Thread("reclaim", t => t.Evict(0)),
            new RaceCheckOptions { Watched = Invariants.UseAfterFree }).AssertBroken(Invariants.UseAfterFree);

    [Fact]
    public void With_its_bracket_it_is_not() => StandingChecks.Exhaust(Small.Over(PageMirror.Correct).Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("reclaim", t => t.Evict(0)));
}
