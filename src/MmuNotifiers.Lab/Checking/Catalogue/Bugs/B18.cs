using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>An upgrade that hardware never hears of.</summary>
internal static class B18
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B18",
            Title = "no flush on an upgrade",
            Year = 2023,
            What = "Caches that keep permissions were not flushed when a page got more of them.",
            Interleaving = "The device caches the page for reading; a fault makes the pte writable; the device goes on faulting on what it has cached.",
            Seam = "the hook table: copy-on-write brackets, but flushes nothing under the page-table lock",
            Expected = Invariants.Liveness,
            Broken = Race().Hooks(HookTable.Standard.With(HookSite.CopyOnWrite, HookPlacement.Bracket)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(static primary => new SharedTableTlb(primary))
        .Pages(1)
        .Thread("device", thread => thread
            .BeforeRace(before => before.Fork().InChild(child => child.Exit()).DeviceRead(0))
            .DeviceWrite(0))
        .Thread("CPU", thread => thread.Read(0));
}
