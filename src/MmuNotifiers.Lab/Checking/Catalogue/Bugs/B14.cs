using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A refusal that is not taken back.</summary>
internal static class B14
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B14",
            Title = "refusal not taken back",
            Year = 2021,
            What = "A bracket that must not block was refused, and those who had accepted it got no end.",
            Interleaving = "Subscriber A accepts; B would block and refuses; A's count stays up for ever.",
            Seam = "a naive notifier list in place of the dispatch: a refusal takes nothing back",
            Expected = Invariants.Pairing,
            Broken = Race().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .AndOver(PageMirror.Correct)
        .Pages(1)
        .Thread("reaper", thread => thread.TryBracket(0))
        .Thread("device of B", thread => thread.BeforeRace(before => before.DeviceRead(0, secondary: 1)).DeviceRead(0, secondary: 1));
}
