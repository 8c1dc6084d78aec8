using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A pin for reading of a page that two processes share.</summary>
internal static class B24
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B24",
            Title = "held for reading, not unshared",
            Year = 2020,
            What = "A copy-on-write page was held for reading without a copy: whoever writes first leaves the holder with the other side's page.",
            Interleaving = "fork; the device holds the page for reading; the process writes and gets a copy; the device goes on reading the page that is the child's by now.",
            Seam = "the secondary under test: it holds the page by a reference, not by a pin, which unshares it first",
            Expected = Invariants.StaleInstall | Invariants.Coherence,
            Watched = Invariants.Coherence,
            Broken = Race(static run => ((HeldMemory)run.Secondary()!).Refer(run.Space, 0, AccessRights.Read)),
            Twin = Race(static run => ((HeldMemory)run.Secondary()!).Pin(run.Space, 0, AccessRights.Read)),
        };
    }

    private static RaceScenario Race(Action<ScenarioRun> hold) => Small.Over(static primary => new HeldMemory(primary))
        .Pages(1)
        .Thread("CPU", thread => thread
            .BeforeRace(before => before.Fork().Do("hold page 0 for reading", hold))
            .Write(0))
        .Thread("device", thread => thread.Write(0).DeviceRead(0));
}
