using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A collapse that nobody hears of.</summary>
internal static class B10
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B10",
            Title = "collapse without a bracket",
            Year = 2022,
            What = "A collapse of small pages into a huge one cleared ptes without a bracket.",
            Interleaving = "The ptes of 2 MiB are cleared, and nobody is told.",
            Seam = "the hook table without the site Collapse",
            Expected = Invariants.Coverage,
            Broken = Race().Hooks(HookTable.Standard.Without(HookSite.Collapse)),
            Twin = Race(),
        };
        yield return new CatalogueEntry
        {
            Name = "B10-write",
            Title = "write to a page that is gone",
            Year = 2022,
            What = "A collapse of small pages into a huge one cleared ptes without a bracket: the consequence.",
            Interleaving = "The guest maps a page; the collapse copies and frees the small pages; the guest writes to one of them.",
            Seam = "the hook table without the site Collapse; coverage itself is not watched",
            Expected = Invariants.UseAfterFree,
            Watched = Invariants.UseAfterFree,
            Broken = Race().Hooks(HookTable.Standard.Without(HookSite.Collapse)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => PageCalls.Collapse(cpu.BeforeRace(static before => PageCalls.FillBlock(before))))
        .Thread("guest", static guest => guest.BeforeRace(static before => before.DeviceWrite(0)).DeviceWrite(0));
}
