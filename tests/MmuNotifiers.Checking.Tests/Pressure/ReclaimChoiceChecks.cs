using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>
/// Reclaim chooses a page, about which it knows nothing but its frame's number, while others use it, take it away, or give the frame to another page.
/// </summary>
public sealed class ReclaimChoiceChecks
{
    /// <summary>One page that can go, and frames for those that come.</summary>
    private static RaceScenario OnePage => RaceScenario.WithoutSecondary().Frames(4).Pages(1).UntouchedPages(1);

    /// <summary>Each page that comes needs the frame of one that goes.</summary>
    private static RaceScenario Full => RaceScenario.WithoutSecondary().Frames(2).Pages(2).UntouchedPages(2);

    private static RaceScenario Limited => RaceScenario.WithoutSecondary().ResidentLimit(2).Pages(2).UntouchedPages(2);

    private static RaceScenario Used => Against(t => t.Read(0));

    private static RaceScenario Unmapped => Against(t => t.Unmap(0));

    private static RaceScenario Pinned => Against(t => t.Pin(0, 1, AccessRights.Write));

    /// <summary>The frame is freed and becomes another page's while it is a candidate.</summary>
    private static RaceScenario Reused => Against(t => t.Unmap(0).Write(1));

    private static RaceScenario Gone => Against(t => t.Exit());

    [Fact]
    public void A_load_of_the_page_that_reclaim_chooses() => Used.ExhaustBoth();

    [Fact]
    public void The_unmapping_of_the_page_that_reclaim_chooses() => Unmapped.ExhaustBoth();

    [Fact]
    public void A_pin_of_the_page_that_reclaim_chooses() => Pinned.ExhaustOnce();

    [Fact]
    public void The_end_of_the_address_space_whose_page_reclaim_chooses() => Gone.ExhaustOnce();

    [Fact]
    public void The_end_of_one_of_two_address_spaces_that_share_the_page_which_reclaim_chooses() => OnePage
        .Thread("reclaim", t => t.BeforeRace(before => before.Fork()).Reclaim())
        .Thread("child", t => t.InChild(child => child.Exit())).ExhaustOnce();

    [Fact]
    public void A_walk_that_asks_for_ages_against_an_unmapping() => OnePage
        .Thread("reclaim", t => t.Age())
        .Thread("CPU", t => t.Unmap(0)).ExhaustBoth();

    [Fact]
    public void A_walk_that_asks_for_ages_against_the_end_of_the_address_space() => OnePage
        .Thread("reclaim", t => t.Age())
        .Thread("CPU", t => t.Exit()).ExhaustBoth();

    [Fact]
    public void A_frame_that_is_freed_and_used_again_while_it_is_chosen() => Reused.Sample(3_000);

    [Fact]
    public void Two_threads_that_choose_for_themselves() => OnePage
        .Thread("reclaim 1", t => t.Reclaim())
        .Thread("reclaim 2", t => t.Reclaim()).Sample(3_000);

    [Fact]
    public void Two_threads_that_reclaim_for_each_other() => Full
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Write(3)).Sample(1_000);

    [Fact]
    public void A_thread_that_needs_a_frame_against_one_that_uses_the_others() => Full
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Read(0).Write(1)).Sample(1_000);

    [Fact]
    public void Two_threads_below_the_limit_of_their_address_space() => Limited
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Write(3)).Sample(1_000);

    [Fact(Explicit = true)]
    public void A_store_to_the_page_that_reclaim_chooses() => Against(t => t.Write(0)).ExhaustOnce();

    [Fact(Explicit = true)]
    public void A_frame_that_is_freed_and_used_again_while_it_is_chosen_in_every_interleaving() => Reused.ExhaustOnce();

    [Fact(Explicit = true)]
    public void Two_threads_that_choose_for_themselves_in_every_interleaving() => OnePage
        .Thread("reclaim 1", t => t.Reclaim())
        .Thread("reclaim 2", t => t.Reclaim()).ExhaustOnce();

    /// <summary>What the scenarios are worth: the same without a lock that the library takes there is caught.</summary>
    [Theory]
    [InlineData(nameof(Used), "RevokeWithinLeaf")]
    [InlineData(nameof(Used), "Lock")]
    [InlineData(nameof(Unmapped), "RevokeWithinLeaf")]
    [InlineData(nameof(Unmapped), "TryReferenceForEviction")]
    [InlineData(nameof(Reused), "RevokeWithinLeaf")]
    [InlineData(nameof(Reused), "TryReferenceForEviction")]
    [InlineData(nameof(Gone), "RevokeWithinLeaf")]
    [InlineData(nameof(Gone), "TryReferenceForEviction")]
    public void Without_a_lock_it_is_caught(string scenario, string stepThatLocks) => PressureScenarios.OfClass(GetType(), scenario).IsCaughtWithout(stepThatLocks);

    private static RaceScenario Against(Action<ThreadScript> cpu) => OnePage.Thread("reclaim", t => t.Reclaim()).Thread("CPU", cpu);
}
