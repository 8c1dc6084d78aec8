using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A child with its parent's subscribers.</summary>
internal static class B4
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B4",
            Title = "fork copies the list",
            Year = 2008,
            What = "Fork copied the parent's list of subscribers into the child.",
            Interleaving = "The child unmaps and exits: the parent's subscriber is called, and released, for an address space that it never subscribed to.",
            Seam = "a naive notifier list in place of the dispatch; its copy is handed to the child",
            Expected = Invariants.Lifetime,
            Broken = Race(
                Small.Over(static primary => new HomeMirror(primary)).Through(static primary => new NaiveNotifierList(primary)),
                static (run, child) => ((NaiveNotifierList)run.Interposed).CopyInto(child)),
            Twin = Race(
                Small.Over(static primary => new HomeMirror(primary)),
                static (_, _) => { }),
        };
    }

    private static RaceScenario Race(RaceScenario scenario, Action<ScenarioRun, AddressSpace> inherit) => scenario
        .Pages(1)
        .Thread("CPU", thread => thread
            .BeforeRace(before => before.Do("the mirror's home", static run => ((HomeMirror)run.Secondary()!).Home = run.Space.Subscriptions))
            .Fork()
            .Do("what the child inherits", run => inherit(run, run.Child!))
            .InChild(child => child.Unmap(0)))
        .Thread("device", thread => thread.DeviceRead(0));
}
