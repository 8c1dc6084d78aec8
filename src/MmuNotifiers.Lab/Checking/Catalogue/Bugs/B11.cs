using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A copy before the flush.</summary>
internal static class B11
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B11",
            Title = "copy before the flush",
            Year = 2018,
            What = "Migration copied the page before the secondary was flushed.",
            Interleaving = "The bytes are copied to the new frame; the device writes to the old one; the secondary is flushed, and the write is lost.",
            Seam = "the hook table: migration tells behind the change (HookPlacement.AfterChange)",
            Expected = Invariants.Coherence | Invariants.DirtyLost,
            Watched = Invariants.Coherence | Invariants.DirtyLost,
            Broken = Race().Hooks(HookTable.Standard.With(HookSite.Migrate, HookPlacement.AfterChange)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => PageCalls.Migrate(cpu))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceWrite(0)).DeviceWrite(0));
}
