using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>What the primary must stand by itself: CPUs against system calls, each scenario explored until no interleaving is left.</summary>
public sealed class PrimaryChecks
{
    /// <remarks>
    /// A page that a fault maps while its object shrinks is unmapped by the second of the truncation's two passes, when it has left the
    /// object already.
    /// </remarks>
    [Fact]
    public void A_fault_against_a_truncation() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().SharedPages(1)
        .Thread("CPU 1", t => t.Read(0))
        .Thread("CPU 2", t => t.Truncate(0)));

    [Fact]
    public void A_store_against_a_migration() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU 1", t => t.Write(0).Read(0))
        .Thread("CPU 2", t => t.Migrate(0)));

    [Fact]
    public void A_store_against_the_migration_of_a_shared_page() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().SharedPages(1)
        .Thread("CPU 1", t => t.Write(0).Read(0))
        .Thread("CPU 2", t => t.Migrate(0)));

    /// <remarks>
    /// The pte that merging has write-protected looks the same again after a store and a fork, but shows other bytes: the leaf's revocations tell.
    /// </remarks>
    [Fact]
    public void A_store_and_a_fork_against_merging() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().UntouchedPages(3)
        .Thread("CPU 1", t => t.Write(0).Fork())
        .Thread("CPU 2", t => t.BeforeRace(before => before.MakeEqual(0, 3).MergeEqualPages(1, 2)).MergeEqualPages(0, 1)));

    [Fact]
    public void Two_migrations_of_one_page() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU 1", t => t.Migrate(0))
        .Thread("CPU 2", t => t.Migrate(0).Read(0)));

    [Fact]
    public void A_migration_against_a_fork() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU 1", t => t.Migrate(0))
        .Thread("CPU 2", t => t.Fork().InChild(child => child.Read(0)).Read(0)));

    /// <remarks>A load that found no page must not make one of zeroes where the reaper has taken one away.</remarks>
    [Fact]
    public void A_load_against_the_reaper() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Read(0).Read(0))
        .Thread("reaper", t => t.Reap(0)));

    [Fact]
    public void A_first_store_against_the_reaper() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1).UntouchedPages(1)
        .Thread("CPU", t => t.Write(1).Read(1))
        .Thread("reaper", t => t.Reap(0, 2)));

    [Fact]
    public void The_reaper_against_an_unmapping_and_the_end_of_the_address_space() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Unmap(0).Exit())
        .Thread("reaper", t => t.Reap(0)));

    [Fact]
    public void Two_reapers() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("reaper 1", t => t.Reap(0))
        .Thread("reaper 2", t => t.Reap(0))
        .Thread("CPU", t => t.Write(0)));
}
