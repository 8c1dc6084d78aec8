using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>Rights that nobody gave.</summary>
internal static class B27
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B27",
            Title = "rights of the request",
            Year = 2021,
            What = "A page that is read-only for the CPU was mapped writable for the device: the rights came from the request, not from the pte.",
            Interleaving = "fork; the device reads and its entry says that it may write; it writes into a page that the child has too.",
            Seam = "the secondary under test: which rights it installs",
            Expected = Invariants.Permission,
            Broken = Race(static primary => new RequestRightsMirror(primary)),
            Twin = Race(PageMirror.Correct),
        };
    }

    private static RaceScenario Race(Func<IPrimaryMmu, PageMirror> attach) => Small.Over(attach)
        .Pages(1)
        .Thread("device", thread => thread.BeforeRace(before => before.Fork()).DeviceRead(0).DeviceWrite(0))
        .Thread("CPU", thread => thread.Read(0));
}
