using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>An invalidation that is done later.</summary>
internal static class B28
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B28",
            Title = "invalidation put off",
            Year = 2025,
            What = "An invalidation that found a lock taken was put off to a queue.",
            Interleaving = "munmap returns before the cached registration is dropped, and its next user hits it.",
            Seam = "the secondary under test: what its start does when the lock is taken",
            Expected = Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new DeferringMirror(primary)).UnmapAgainstUse(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstUse(),
        };
    }
}
