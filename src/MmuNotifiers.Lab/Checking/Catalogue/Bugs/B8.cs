using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A new pte before the secondary is told.</summary>
internal static class B8
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B8",
            Title = "new pte before the call",
            Year = 2012,
            What = "The pte pointed at the new page before the secondary was told that it would.",
            Interleaving = "CPU 1 copies on write and sets the pte; CPU 2 writes through it; the device still reads the old page; CPU 1 tells.",
            Seam = "the hook table: copy-on-write tells behind the change (HookPlacement.AfterChange)",
            Expected = Invariants.Coherence,
            Watched = Invariants.Coherence,
            Broken = Race().Hooks(HookTable.Standard.With(HookSite.CopyOnWrite, HookPlacement.AfterChange)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU 1", thread => thread.BeforeRace(before => before.Fork()).Write(0))
        .Thread("CPU 2", thread => thread.BeforeRace(before => before.DeviceRead(0)).Write(0).DeviceRead(0));
}
