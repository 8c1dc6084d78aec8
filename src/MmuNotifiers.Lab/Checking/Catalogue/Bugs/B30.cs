using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A refusal of the list that leaves intervals open.</summary>
internal static class B30
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B30",
            Title = "interval left open by a refusal",
            What = "The intervals had accepted a bracket that must not block, the list refused it, and the intervals were never closed.",
            Interleaving = "The interval opens; the list's subscriber would block and refuses; readers of the interval wait for ever.",
            Seam = "a naive notifier list in place of the dispatch: a refusal of its list half leaves its interval half open",
            Expected = Invariants.Pairing | Invariants.Liveness,
            Broken = Race().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(static primary => new IntervalMirror(primary, ScenarioRun.RangeOf(0, 1)))
        .AndOver(PageMirror.Correct)
        .Pages(1)
        .Thread("reaper", thread => thread.TryBracket(0))
        .Thread("devices", thread => thread
            .BeforeRace(before => before.DeviceRead(0, secondary: 1))
            .DeviceRead(0, secondary: 1)
            .DeviceRead(0));
}
