using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A registration inside a bracket.</summary>
internal static class B6
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B6",
            Title = "registration inside a bracket",
            Year = 2008,
            What = "A subscriber could register while a bracket was open that knew nothing of it.",
            Interleaving = "start, nobody is there; register; a fault installs a page that is about to be freed; end.",
            Seam = "a naive notifier list in place of the dispatch: registration does not wait",
            Expected = Invariants.InstallInBracket | Invariants.Pairing,
            Broken = Race().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .AttachedLater()
        .Pages(1)
        .Thread("CPU", thread => thread.Unmap(0))
        .Thread("device", thread => thread.Attach().DeviceRead(0));
}
