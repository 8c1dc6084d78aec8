using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A callback that sleeps under a spin lock, and its first fix.</summary>
internal static class B9
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B9-sleeps",
            Title = "sleeping under the pte lock",
            Year = 2017,
            What = "A callback that may sleep was called under the page-table lock.",
            Interleaving = "The primary flushes under the lock; the callback takes a lock that it may have to wait for.",
            Seam = "the secondary under test: its flush takes a lock",
            Expected = Invariants.Context,
            Broken = Small.Over(static primary => new SleepingTlb(primary)).UnmapAgainstUse(),
            Twin = Small.Over(static primary => new SharedTableTlb(primary)).UnmapAgainstUse(),
        };
        yield return new CatalogueEntry
        {
            Name = "B9-first-fix",
            Title = "call that reaches nobody",
            Year = 2017,
            What = "The fix called another method instead, which one subscriber did not implement.",
            Interleaving = "Copy-on-write flushes the caches over the table and brackets nothing: the call never reaches who keeps a copy of the table.",
            Seam = "the hook table: copy-on-write only flushes under the page-table lock",
            Expected = Invariants.Coverage,
            Broken = CopyOnWrite().Hooks(HookTable.Standard.With(HookSite.CopyOnWrite, HookPlacement.UnderPageTableLock)),
            Twin = CopyOnWrite(),
        };
    }

    private static RaceScenario CopyOnWrite() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", thread => thread.BeforeRace(before => before.Fork()).Write(0))
        .Thread("device", thread => thread.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0));
}
