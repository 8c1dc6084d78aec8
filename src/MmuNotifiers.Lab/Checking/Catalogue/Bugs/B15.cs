using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A lock that only an end would give back.</summary>
internal static class B15
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B15",
            Title = "lock kept by a refused start",
            Year = 2019,
            What = "A lock that start takes and end gives back was kept where start reported that it would block.",
            Interleaving = "Start takes the first lock, finds the second one taken and refuses; no end comes, and the first lock is never given back.",
            Seam = "the secondary under test: what its start does with the lock when it refuses",
            Expected = Invariants.Pairing | Invariants.Context,
            Broken = Race(static primary => new KeptLockMirror(primary)),
            Twin = Race(static primary => new LockedBracketMirror(primary)),
        };
    }

    private static RaceScenario Race(Func<IPrimaryMmu, LockedBracketMirror> attach) => Small.Over(attach)
        .Pages(1)
        .Thread("reaper", thread => thread.TryBracket(0))
        .Thread("device", thread => thread.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0));
}
