using System.Globalization;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>
/// What every secondary MMU must stand over the real primary, each scenario explored until no interleaving is left. One class for
/// each secondary, so that they run beside each other.
/// </summary>
public abstract class StandingChecks
{
    /// <summary>Which secondary: a scenario with it and nothing else.</summary>
    protected abstract RaceScenario Attached { get; }

    /// <summary>What is explored with three threads by default.</summary>
    protected virtual RaceScenario OfThreeThreads => TwoDevicesAgainstAnUnmapping;

    /// <summary>What is explored with four threads by default.</summary>
    protected virtual RaceScenario OfFourThreads => ThreeDevicesAgainstABracket;

    private RaceScenario TwoDevicesAgainstAnUnmapping => TwoPages
        .Thread("device 1", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("device 2", t => t.BeforeRace(before => before.DeviceRead(1)).DeviceRead(1))
        .Thread("CPU", t => t.Unmap(0));

    private RaceScenario ThreeDevicesAgainstABracket => Attached.Pages(3)
        .Thread("device 1", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("device 2", t => t.BeforeRace(before => before.DeviceRead(1)).DeviceRead(1))
        .Thread("device 3", t => t.BeforeRace(before => before.DeviceRead(2)).DeviceRead(2))
        .Thread("CPU", t => t.Bracket(0));

    /// <summary>Three threads with little in common: one device against one bracket, and a CPU beside them.</summary>
    protected RaceScenario OneDeviceAgainstABracket => Attached.Pages(2)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("CPU 1", t => t.Bracket(0))
        .Thread("CPU 2", t => t.Write(1));

    /// <summary>For those who may end while their devices go on.</summary>
    protected RaceScenario ADeviceThatGoesOn => Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("owner", t => t.Detach())
        .Thread("CPU", t => t.Unmap(0));

    /// <summary>What is explored of merging by default: a store, which makes a copy as soon as the page is merged.</summary>
    protected virtual RaceScenario OfMerging => Attached.UntouchedPages(3)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.BeforeRace(before => before.MakeEqual(0, 3).MergeEqualPages(1, 2)).MergeEqualPages(0, 1));

    private RaceScenario TwoPages => Attached.Pages(2).Hole(2);

    [Fact]
    public void A_fault_against_an_unmapping() => Exhaust(TwoPages
        .Thread("device", t => t.DeviceRead(0))
        .Thread("CPU", t => t.Unmap(0)));

    [Fact]
    public void A_store_through_a_translation_against_an_unmapping() => Exhaust(TwoPages
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.Unmap(0)));

    [Fact]
    public void A_store_against_a_change_of_protection() => Exhaust(TwoPages
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.Protect(0, 1, AccessRights.Read)));

    [Fact]
    public void A_store_against_a_fork() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.Fork()));

    [Fact]
    public void A_load_against_the_copy_that_the_first_store_after_a_fork_makes() => Exhaust(Attached.Pages(1)
        .Thread("CPU", t => t.BeforeRace(before => before.Fork()).Write(0))
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0)));

    [Fact]
    public void A_load_against_a_move() => Exhaust(Attached.Pages(1).Hole(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("CPU", t => t.Move(0, 1, 1)));

    [Fact]
    public void A_fault_against_a_discard() => Exhaust(TwoPages
        .Thread("device", t => t.DeviceRead(0))
        .Thread("CPU", t => t.Discard(0)));

    [Fact]
    public void A_store_against_a_migration() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.Migrate(0)));

    [Fact]
    public void An_access_against_the_merging_of_its_page_with_others() => Exhaust(OfMerging);

    [Fact]
    public void A_store_against_the_clearing_of_soft_dirty() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("CPU", t => t.ClearSoftDirty(0)));

    [Fact]
    public void A_fault_against_a_page_that_becomes_another_devices_own() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.DeviceRead(0))
        .Thread("CPU", t => t.MakeExclusive(0)));

    [Fact]
    public void A_fault_against_the_end_of_the_address_space() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.DeviceRead(0))
        .Thread("CPU", t => t.Exit()));

    [Fact]
    public void An_attaching_against_an_unmapping() => Exhaust(Attached.AttachedLater().Pages(1)
        .Thread("device", t => t.Attach().DeviceRead(0))
        .Thread("CPU", t => t.Unmap(0)));

    [Fact]
    public void A_detaching_against_an_unmapping() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).Detach())
        .Thread("CPU", t => t.Unmap(0)));

    [Fact]
    public void Three_threads() => Exhaust(OfThreeThreads);

    [Fact]
    public void Four_threads() => Exhaust(OfFourThreads);

    [Fact(Explicit = true)]
    public void Two_devices_against_an_unmapping() => Exhaust(TwoDevicesAgainstAnUnmapping);

    [Fact(Explicit = true)]
    public void Three_devices_against_a_bracket() => Exhaust(ThreeDevicesAgainstABracket);

    [Fact(Explicit = true)]
    public void A_load_against_a_fork_and_the_copy_that_the_next_store_makes() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("CPU", t => t.Fork().Write(0)));

    [Fact(Explicit = true)]
    public void A_fault_for_a_store_against_the_merging_of_two_pages() => Exhaust(Attached.UntouchedPages(2)
        .Thread("device", t => t.DeviceWrite(0))
        .Thread("CPU", t => t.BeforeRace(before => before.MakeEqual(0, 2)).MergeEqualPages(0, 2)));

    [Fact]
    public void A_fault_against_the_reaper() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.DeviceRead(0))
        .Thread("reaper", t => t.Reap(0)));

    [Fact]
    public void A_store_through_a_translation_against_the_reaper() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("reaper", t => t.Reap(0)));

    [Fact]
    public void A_fault_against_an_eviction() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.DeviceRead(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public virtual void A_load_through_a_translation_against_an_eviction() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact(Explicit = true)]
    public void A_store_through_a_translation_against_an_eviction() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceWrite(0)).DeviceWrite(0))
        .Thread("reclaim", t => t.Evict(0)));

    [Fact]
    public void A_bracket_that_must_not_block_against_a_fault() => Exhaust(Attached.Pages(1)
        .Thread("device", t => t.DeviceRead(0))
        .Thread("reaper", t => t.TryBracket(0)));

    /// <summary>After so many minutes, MMUN_CHECK_MINUTES or else 30, an exploration gives up and says how far it came.</summary>
    private static TimeSpan MaxTime => TimeSpan.FromMinutes(
        double.Parse(Environment.GetEnvironmentVariable("MMUN_CHECK_MINUTES") ?? "30", CultureInfo.InvariantCulture));

    /// <summary>Explores a scenario to the end, and says how far that was.</summary>
    internal static void Exhaust(RaceScenario scenario, MemoryModel memory = MemoryModel.SequentiallyConsistent)
    {
        RaceCheckResult result = RaceCheck.Explore(scenario, new RaceCheckOptions { Memory = memory, MaxTime = MaxTime });
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Executions,9:n0} executions {result.Steps,12:n0} steps {result.Duration.TotalSeconds,7:f1} s"));
        result.AssertExhausted();
    }
}
