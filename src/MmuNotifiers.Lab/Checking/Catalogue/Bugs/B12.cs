using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A bracket under the page-table lock.</summary>
internal static class B12
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B12",
            Title = "bracket under the pte lock",
            Year = 2018,
            What = "Start and end were called under the page-table lock.",
            Interleaving = "The primary holds the spin lock and calls start; the subscriber sleeps for its own lock.",
            Seam = "the hook table: unmapping brackets under the page-table lock (HookPlacement.BracketUnderPageTableLock)",
            Expected = Invariants.Context,
            Watched = Invariants.Context,
            Broken = Race().Hooks(HookTable.Standard.With(HookSite.Unmap, HookPlacement.BracketUnderPageTableLock)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct).UnmapAgainstUse();
}
