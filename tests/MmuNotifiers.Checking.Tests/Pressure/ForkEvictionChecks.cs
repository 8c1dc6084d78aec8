using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>Pages that fork shares after they were evicted, while they are, and before: what each side reads is its own.</summary>
public sealed class ForkEvictionChecks
{
    private static RaceScenario Page => RaceScenario.WithoutSecondary().Pages(1);

    /// <summary>The entry is shared after the fact: the page was evicted before the fork.</summary>
    private static RaceScenario LoadAndStore => Page
        .Thread("parent", t => t.BeforeRace(before => before.Evict(0).Fork()).Read(0))
        .Thread("child", t => t.InChild(child => child.Write(0)));

    private static RaceScenario ForkAndLoad => Page
        .Thread("parent", t => t.BeforeRace(before => before.Evict(0)).Read(0))
        .Thread("fork", t => t.Fork().InChild(child => child.Read(0)));

    [Fact]
    public void Parent_and_child_bring_one_page_in() => Page
        .Thread("parent", t => t.BeforeRace(before => before.Evict(0).Fork()).Read(0))
        .Thread("child", t => t.InChild(child => child.Read(0))).ExhaustBoth();

    [Fact]
    public void The_parent_loads_and_the_child_stores_to_one_evicted_page() => LoadAndStore.ExhaustOnce();

    [Fact(Explicit = true)]
    public void A_fork_against_a_fault_that_brings_the_page_in() => ForkAndLoad.ExhaustOnce();

    [Fact]
    public void A_snapshot_against_an_eviction() => SavedWhileEvicted.Sample(2_000);

    [Fact(Explicit = true)]
    public void A_snapshot_against_an_eviction_in_every_interleaving() => SavedWhileEvicted.ExhaustOnce();

    [Fact(Explicit = true)]
    public void Parent_and_child_store_to_one_evicted_page() => Page
        .Thread("parent", t => t.BeforeRace(before => before.Evict(0).Fork()).Write(0))
        .Thread("child", t => t.InChild(child => child.Write(0).Read(0))).ExhaustOnce();

    [Fact(Explicit = true)]
    public void A_store_of_the_child_against_the_eviction_of_the_page_that_both_have() => Page
        .Thread("child", t => t.BeforeRace(before => before.Fork()).InChild(child => child.Write(0)))
        .Thread("reclaim", t => t.Evict(0)).ExhaustOnce();

    /// <summary>What the scenarios are worth: the same without a lock that the library takes there is caught.</summary>
    [Theory]
    [InlineData(nameof(ForkAndLoad), "TryFaultSwap")]
    [InlineData(nameof(SavedWhileEvicted), "RevokeWithinLeaf")]
    public void Without_a_lock_it_is_caught(string scenario, string stepThatLocks) => PressureScenarios.OfClass(GetType(), scenario).IsCaughtWithout(stepThatLocks);

    private static RaceScenario SavedWhileEvicted => Page
        .Thread("saver", t => t.SaveSnapshot(0, PageWord.Initial(0)))
        .Thread("reclaim", t => t.Evict(0));
}
