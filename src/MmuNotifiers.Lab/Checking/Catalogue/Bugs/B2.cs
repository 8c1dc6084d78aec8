using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>An invalidation behind the free.</summary>
internal static class B2
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B2",
            Title = "invalidation behind the free",
            Year = 2008,
            What = "A range was invalidated when its pages were free already: fine for a secondary that pins what it translates, and only for that.",
            Interleaving = "T1 frees the page; T2 gets it for something else; the device writes to it; T1 invalidates. With pins the same schedule passes.",
            Seam = "the hook table: unmapping tells behind the free (HookPlacement.AfterFree)",
            Expected = Invariants.UseAfterFree,
            Watched = Invariants.UseAfterFree,
            Broken = Race(Small.Over(PageMirror.Correct), static thread => thread),
            Twin = Race(
                Small.Over(static primary => new PinningMirror(primary)),
                static thread => thread.BeforeRace(before => before.Do("pin through the address space", static run =>
                    ((PinningMirror)run.Secondary()!).PinThrough(run.Space)))),
        };
    }

    private static RaceScenario Race(RaceScenario scenario, Func<ThreadScript, ThreadScript> prepare) => scenario
        .Hooks(HookTable.Standard.With(HookSite.Unmap, HookPlacement.AfterFree))
        .Pages(1)
        .UntouchedPages(1)
        .Thread("CPU 1", thread => thread.Unmap(0))
        .Thread("CPU 2", thread => prepare(thread).BeforeRace(before => before.DeviceWrite(0)).Write(1).DeviceWrite(0));
}
