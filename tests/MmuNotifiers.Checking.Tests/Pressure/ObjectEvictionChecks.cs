using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>
/// Pages of shared memory and of files that are evicted, against those who use or take them away meanwhile. Each scenario has its negative control: the same
/// without a lock that keeps it sound.
/// </summary>
public sealed class ObjectEvictionChecks
{
    private static RaceScenario Shared => RaceScenario.WithoutSecondary().SharedPages(1);

    private static RaceScenario File => RaceScenario.WithoutSecondary().FilePages(1);

    private static RaceScenario Store => Evicted(Shared, t => t.BeforeRace(before => before.Read(0)).Write(0));

    /// <summary>Two address spaces map the page; the one that stores is not the one that was forked from.</summary>
    private static RaceScenario StoreOfAnother => Evicted(
        Shared, t => t.BeforeRace(before => before.Read(0).Fork().InChild(child => child.Read(0))).InChild(child => child.Write(0)));

    private static RaceScenario BackBySomebody => Evicted(Shared, t => t.BeforeRace(before => before.Read(0).Evict(0)).Write(0));

    private static RaceScenario Truncated => Evicted(Shared, t => t.BeforeRace(before => before.Read(0)).Truncate(0));

    private static RaceScenario Punched => Evicted(Shared, t => t.BeforeRace(before => before.Read(0)).PunchHole(0));

    private static RaceScenario TruncatedBelowAFault => Shared
        .Thread("CPU 1", t => t.BeforeRace(before => before.Read(0).Evict(0)).Read(0))
        .Thread("CPU 2", t => t.Truncate(0));

    private static RaceScenario StoreToAFile => Evicted(File, t => t.BeforeRace(before => before.Write(0)).Write(0));

    private static RaceScenario WrittenBack => Evicted(File, t => t.BeforeRace(before => before.Write(0)).Sync(0));

    private static RaceScenario TruncatedFile => Evicted(File, t => t.BeforeRace(before => before.Write(0)).Truncate(0));

    [Fact]
    public void A_store_against_the_eviction_of_shared_memory() => Store.ExhaustBoth();

    [Fact]
    public void A_load_against_the_eviction_of_shared_memory() =>
        Evicted(Shared, t => t.BeforeRace(before => before.Read(0)).Read(0)).ExhaustBoth();

    [Fact]
    public void A_store_of_another_address_space_against_the_eviction_of_shared_memory() => StoreOfAnother.ExhaustBoth();

    [Fact]
    public void Stores_and_loads_of_two_address_spaces_against_the_eviction_of_shared_memory() => Evicted(
        Shared,
        t => t.BeforeRace(before => before.Read(0).Fork().InChild(child => child.Read(0))).InChild(child => child.Write(0)).Read(0)).ExhaustOnce();

    [Fact]
    public void A_fault_that_brings_shared_memory_back_against_its_eviction() => BackBySomebody.ExhaustBoth();

    [Fact(Explicit = true)]
    public void Two_address_spaces_that_bring_one_page_of_shared_memory_back() => Shared
        .Thread("parent", t => t.BeforeRace(before => before.Read(0).Fork().Evict(0)).Write(0))
        .Thread("child", t => t.InChild(child => child.Read(0))).ExhaustOnce();

    [Fact]
    public void A_truncation_against_an_eviction() => Truncated.ExhaustBoth();

    [Fact]
    public void A_hole_against_an_eviction() => Punched.ExhaustBoth();

    [Fact]
    public void A_truncation_against_a_fault_on_an_evicted_page() => TruncatedBelowAFault.ExhaustBoth();

    [Fact]
    public void A_store_against_the_eviction_of_a_page_of_a_file() => StoreToAFile.ExhaustBoth();

    [Fact]
    public void A_load_against_the_eviction_of_a_page_of_a_file() =>
        Evicted(File, t => t.BeforeRace(before => before.Read(0)).Read(0)).ExhaustBoth();

    [Fact]
    public void A_write_back_against_the_eviction_of_a_page_of_a_file() => WrittenBack.ExhaustBoth();

    [Fact(Explicit = true)]
    public void A_truncation_against_the_eviction_of_a_page_of_a_file() => TruncatedFile.ExhaustBoth();

    [Fact(Explicit = true)]
    public void Three_threads_parent_and_child_store_while_the_page_is_evicted() => Shared
        .Thread("parent", t => t.BeforeRace(before => before.Read(0).Fork().InChild(child => child.Read(0))).Write(0))
        .Thread("child", t => t.InChild(child => child.Write(0)))
        .Thread("reclaim", t => t.Evict(0)).Sample(50_000);

    /// <summary>What the scenarios are worth: the same without a lock that the library takes there is caught.</summary>
    [Theory]
    [InlineData(nameof(Store), "RevokeWithinLeaf")]
    [InlineData(nameof(Store), "Depart")]
    [InlineData(nameof(StoreOfAnother), "TryWrite")]
    [InlineData(nameof(StoreOfAnother), "Depart")]
    [InlineData(nameof(BackBySomebody), "GetPage")]
    [InlineData(nameof(Truncated), "Depart")]
    [InlineData(nameof(Truncated), "TakePages")]
    [InlineData(nameof(Punched), "TryIsolate")]
    [InlineData(nameof(Punched), "RevokeWithinLeaf")]
    [InlineData(nameof(TruncatedBelowAFault), "TryPublish")]
    [InlineData(nameof(TruncatedBelowAFault), "GetPage")]
    [InlineData(nameof(StoreToAFile), "Depart")]
    [InlineData(nameof(WrittenBack), "RevokeWithinLeaf")]
    [InlineData(nameof(TruncatedFile), "TryIsolate")]
    public void Without_a_lock_it_is_caught(string scenario, string stepThatLocks) => PressureScenarios.OfClass(GetType(), scenario).IsCaughtWithout(stepThatLocks);

    private static RaceScenario Evicted(RaceScenario pages, Action<ThreadScript> cpu) =>
        pages.Thread("CPU", cpu).Thread("reclaim", t => t.Evict(0));
}
