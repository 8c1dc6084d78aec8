using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>An invalidation without a bracket.</summary>
internal static class B1
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B1",
            Title = "invalidation without a bracket",
            Year = 2008,
            What = "The secondary was told once, before the pte was cleared, and nothing held its faults back until it was.",
            Interleaving = "T1 invalidates the page; T2's secondary fault reads the pte, which is still valid, and installs it; T1 clears the pte and frees the page.",
            Seam = "the secondary under test: it records no bracket",
            Expected = Invariants.UseAfterFree | Invariants.InstallInBracket,
            Broken = Small.Over(primary => new PageMirror(primary, new NoRecord())).UnmapAgainstFault(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstFault(),
        };
    }
}
