using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Mutations;

/// <summary>Each hook site of the primary left out, one at a time.</summary>
internal static class MissingHooks
{
    internal static IEnumerable<CatalogueEntry> Entries() => Enum.GetValues<HookSite>().Select(Without);

    private static CatalogueEntry Without(HookSite site) => new()
    {
        Name = $"M-hook-{site}",
        Title = "hook left out",
        Kind = CatalogueKind.Mutation,
        What = $"The hook site {site} is left out.",
        Interleaving = InterleavingOf(site),
        Seam = $"the hook table without the site {site}",
        Expected = ExpectedOf(site),
        Broken = HookRace.Over(site).Hooks(HookTable.Standard.Without(site)),
        Twin = HookRace.Over(site),
    };

    private static Invariants ExpectedOf(HookSite site) => site switch
    {
        HookSite.Update or HookSite.ChangeProtection => Invariants.Liveness,
        HookSite.Release => Invariants.Lifetime | Invariants.UseAfterFree | Invariants.Coverage,
        _ => Invariants.Coverage,
    };

    private static string InterleavingOf(HookSite site) => site switch
    {
        HookSite.Update => "Nobody tells the device that the page was loaded; one that cannot fault waits for ever.",
        HookSite.ChangeProtection => "Nobody tells the device that it may write by now; one that cannot fault waits for ever.",
        HookSite.Release => "The address space goes away, and the subscriber does not hear of it.",
        _ => "The ptes change outside of a bracket.",
    };
}
