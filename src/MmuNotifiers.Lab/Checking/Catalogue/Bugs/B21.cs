using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>A registration after the release.</summary>
internal static class B21
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B21",
            Title = "registration after the release",
            Year = 2020,
            What = "A subscriber that held the address space's structure, but not its users, could still be inserted after they were gone.",
            Interleaving = "The address space is released; a late subscriber inserts itself; nobody will ever release it.",
            Seam = "a naive notifier list in place of the dispatch: it accepts after the release",
            Expected = Invariants.Lifetime,
            Broken = Race().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Race(),
        };
    }

    /// <summary>An attachment that is refused leaves a device for which nothing is mapped.</summary>
    private static ISmallMirror Attach(IPrimaryMmu primary)
    {
        try
        {
            return PageMirror.Correct(primary);
        }
        catch (InvalidOperationException)
        {
            return new HeldMemory(primary);
        }
    }

    private static RaceScenario Race() => Small.Over(Attach)
        .AttachedLater()
        .Pages(1)
        .Thread("CPU", thread => thread.Exit())
        .Thread("device", thread => thread.Attach());
}
