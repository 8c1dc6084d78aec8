using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>Count and sequence, each without the other or in the wrong order.</summary>
internal static class B7
{
    private const Invariants Stale = Invariants.StaleInstall;

    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B7-count-only",
            Title = "count without sequence",
            Year = 2008,
            What = "Brackets were counted, and no sequence was kept.",
            Interleaving = "A fault looks the page up; a whole bracket runs, from start to end; the fault takes the lock, sees a count of 0 and installs.",
            Seam = "the secondary under test: its record of brackets",
            Expected = Stale,
            Broken = Small.Over(static primary => new PageMirror(primary, new CountOnly())).UnmapAgainstFault(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "B7-sequence-only",
            Title = "sequence without count",
            Year = 2008,
            What = "The mirror image: a sequence that rises at the end of brackets, and no count.",
            Interleaving = "A bracket starts; a fault samples, looks up and installs; the bracket ends.",
            Seam = "the secondary under test: its record of brackets",
            Expected = Stale | Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new PageMirror(primary, new SequenceOnly())).UnmapAgainstFault(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "B7-sampled-late",
            Title = "sequence read after the look-up",
            Year = 2008,
            What = "The sequence was read after the look-up.",
            Interleaving = "A fault looks the page up; a whole bracket runs; the fault samples the new sequence and finds it unchanged.",
            Seam = "the secondary under test: where it samples",
            Expected = Stale,
            Broken = Small.Over(static primary => new LateSampleMirror(primary)).UnmapAgainstFault(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "B7-sequence-last",
            Title = "sequence raised after the count",
            Year = 2008,
            What = "The end lowered the count before it raised the sequence.",
            Interleaving = "The count falls to 0; a fault that looked up before checks both and installs; the sequence rises.",
            Seam = "the secondary under test: the order of its record, checked by an install that takes no lock",
            Expected = Stale | Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new FencedMirror(primary, new SequenceAfterCount())).UnmapAgainstFault(),
            Twin = Small.Over(static primary => new FencedMirror(primary, new CountAndSequence())).UnmapAgainstFault(),
        };
    }
}
