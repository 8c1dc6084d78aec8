using System.Runtime.InteropServices;
using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>
/// Who needs a frame gets one as long as some page can go: also while others are in the middle of what keeps pages for a moment. Explicit are
/// those in which every page has left its area already, and is not freed or at its new place yet: a store may be refused then.
/// </summary>
public sealed class OutOfMemoryChecks
{
    /// <summary>Each page that comes needs the frame of one that goes.</summary>
    private static RaceScenario Full => RaceScenario.WithoutSecondary().Frames(2).Pages(2);

    private static RaceScenario Unmapping => Full.UntouchedPages(1)
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Unmap(0)).IsStored(2);

    private static RaceScenario UnmappingOfAll => Full.UntouchedPages(1)
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Unmap(0, 2)).IsStored(2);

    private static RaceScenario Move => Full.UntouchedPages(1).Hole(2)
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Move(0, 2, 3)).IsStored(2);

    private static RaceScenario Exit => Full.UntouchedPages(1)
        .Thread("CPU", t => t.BeforeRace(before => before.Fork()).Write(2))
        .Thread("child", t => t.InChild(child => child.Exit())).IsStored(2);

    private static RaceScenario TwoStores => Full.UntouchedPages(2)
        .Thread("CPU 1", t => t.Write(2))
        .Thread("CPU 2", t => t.Write(3)).IsStored(2).IsStored(3);

    [Fact]
    public void A_store_that_needs_a_frame_against_an_unmapping() => Unmapping.ExhaustOnce();

    [Fact(Explicit = true)]
    public void A_store_that_needs_a_frame_against_the_unmapping_of_all_other_pages() => UnmappingOfAll.Sample(500);

    [Fact(Explicit = true)]
    public void A_store_that_needs_a_frame_against_a_move_of_all_other_pages() => Move.Sample(500);

    [Fact]
    public void A_store_that_needs_a_frame_against_the_end_of_an_address_space_that_shares_the_pages() => Exit.Sample(500);

    [Fact]
    public void Two_stores_that_need_a_frame_each() => TwoStores.Sample(500);
}

file static class Assertions
{
    /// <summary>At the end a page shows what was stored: the store was not refused.</summary>
    internal static RaceScenario IsStored(this RaceScenario scenario, int page) => scenario.Finally($"the store to page {page} was not refused", run =>
    {
        ulong word = 0;
        run.Space.Read(ScenarioRun.AddressOf(page), MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
        if (word == 0)
        {
            ScenarioRun.Fail($"The store to page {page} found no frame.", Invariants.Liveness);
        }
    });
}
