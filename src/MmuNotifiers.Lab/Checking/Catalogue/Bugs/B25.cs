using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A fork under a page that a device holds.</summary>
internal static class B25
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B25",
            Title = "held over a fork, not copied",
            Year = 2005,
            What = "Fork shared a page that a device held: the process's next write went to a copy, and the device went on with the old page.",
            Interleaving = "The device holds the page; fork; the process writes and gets a copy; the device reads what was there before.",
            Seam = "the secondary under test: it holds the page by a reference, which fork does not see, not by a pin, for which fork copies at once",
            Expected = Invariants.Coherence,
            Watched = Invariants.Coherence,
            Broken = Race(static run => ((HeldMemory)run.Secondary()!).Refer(run.Space, 0, AccessRights.Write)),
            Twin = Race(static run => ((HeldMemory)run.Secondary()!).Pin(run.Space, 0, AccessRights.Write)),
        };
    }

    private static RaceScenario Race(Action<ScenarioRun> hold) => Small.Over(static primary => new HeldMemory(primary))
        .Pages(1)
        .Thread("CPU", thread => thread.BeforeRace(before => before.Do("hold page 0", hold)).Fork())
        .Thread("device", thread => thread.Write(0).DeviceRead(0));
}
