using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A cache that asks for the wrong count.</summary>
internal static class B19
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B19",
            Title = "cache asks for the wrong count",
            Year = 2022,
            What = "A cache of frame numbers asked whether a bracket is in progress, which rises only after the caches are invalidated.",
            Interleaving = "Start invalidates the cache; a refresh runs, sees nothing in progress and makes the old frame valid again; the count rises.",
            Seam = "the secondary under test: which count it asks for",
            Expected = Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new InProgressPfnCache(primary)).UnmapAgainstFault(),
            Twin = Small.Over(static primary => new PfnCache(primary)).UnmapAgainstFault(),
        };
    }
}
