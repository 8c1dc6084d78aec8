using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>Private nonlinear mappings of shared memory (remap_file_pages): what a page shows stays known while it is evicted, and when that changes meanwhile.</summary>
public sealed class NonlinearEvictionChecks
{
    private static RaceScenario TwoPages => RaceScenario.WithoutSecondary().ObjectPages(2);

    private static RaceScenario Remapped => Evicted(t => t.BeforeRace(before => before.Read(0)).Remap(0, 1)).Shows(0, 1);

    private static RaceScenario CopyRemapped => Evicted(t => t.BeforeRace(before => before.Remap(0, 1).Write(0)).Remap(0, 0)).Shows(0, 0);

    private static RaceScenario Loaded => Evicted(t => t.BeforeRace(before => before.Remap(0, 1).Read(0)).Read(0)).Shows(0, 1);

    [Fact]
    public void A_page_comes_to_show_another_while_it_is_evicted() => Remapped.ExhaustBoth();

    [Fact]
    public void A_private_copy_goes_while_it_is_evicted() => CopyRemapped.ExhaustBoth();

    [Fact]
    public void A_load_against_the_eviction_of_what_a_nonlinear_page_shows() => Loaded.ExhaustBoth();

    [Fact(Explicit = true)]
    public void A_store_against_the_eviction_of_what_a_nonlinear_page_shows() =>
        Evicted(t => t.BeforeRace(before => before.Remap(0, 1).Read(0)).Write(0)).ExhaustOnce();

    /// <summary>What the scenarios are worth: the same without a lock that the library takes there is caught.</summary>
    [Theory]
    [InlineData(nameof(Remapped), "RevokeWithinLeaf")]
    [InlineData(nameof(CopyRemapped), "RevokeWithinLeaf")]
    public void Without_a_lock_it_is_caught(string scenario, string stepThatLocks) => PressureScenarios.OfClass(GetType(), scenario).IsCaughtWithout(stepThatLocks);

    private static RaceScenario Evicted(Action<ThreadScript> cpu) => TwoPages.Thread("CPU", cpu).Thread("reclaim", t => t.Evict(0));
}
