using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>Write protection that the secondary does not hear of.</summary>
internal static class B23
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B23",
            Title = "dirty tracking without a bracket",
            Year = 2013,
            What = "Pages were write-protected for dirty tracking without a bracket.",
            Interleaving = "The ptes lose write permission, and nobody is told.",
            Seam = "the hook table without the site SoftDirty",
            Expected = Invariants.Coverage,
            Broken = Race().Hooks(HookTable.Standard.Without(HookSite.SoftDirty)),
            Twin = Race(),
        };
        yield return new CatalogueEntry
        {
            Name = "B23-write",
            Title = "writes that never show as dirty",
            Year = 2013,
            What = "Pages were write-protected for dirty tracking without a bracket: the consequence.",
            Interleaving = "The device goes on writing through its entry; what it writes never shows as dirty.",
            Seam = "the hook table without the site SoftDirty; coverage itself is not watched",
            Expected = Invariants.Permission,
            Watched = Invariants.All & ~Invariants.Coverage,
            Broken = Race().Hooks(HookTable.Standard.Without(HookSite.SoftDirty)),
            Twin = Race(),
        };
    }

    private static RaceScenario Race() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => PageCalls.ClearSoftDirty(cpu))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceWrite(0)).DeviceWrite(0));
}
