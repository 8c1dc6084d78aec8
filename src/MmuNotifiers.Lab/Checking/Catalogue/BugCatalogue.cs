using System.Collections.Immutable;
using MmuNotifiers.Lab.Checking.Catalogue.Bugs;
using MmuNotifiers.Lab.Checking.Catalogue.Mutations;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>
/// The bugs that notifiers have had in the field, and the small mistakes that one makes in them: what the race checker must find by itself.
/// </summary>
public static class BugCatalogue
{
    /// <summary>All scenarios: the bugs in the order of their numbers, then the mutations.</summary>
    public static ImmutableArray<CatalogueEntry> All { get; } =
    [
        .. B1.Entries(), .. B2.Entries(), .. B3.Entries(), .. B4.Entries(), .. B6.Entries(), .. B7.Entries(), .. B8.Entries(), .. B9.Entries(), .. B10.Entries(),
        .. B11.Entries(),
        .. B12.Entries(), .. B14.Entries(), .. B15.Entries(), .. B18.Entries(), .. B19.Entries(), .. B21.Entries(), .. B23.Entries(), .. B24.Entries(),
        .. B25.Entries(), .. B27.Entries(), .. B28.Entries(), .. B30.Entries(),
        .. SmallMistakes.Entries(), .. EvictionMistakes.Entries(), .. MissingHooks.Entries(),
    ];

    /// <summary>The scenarios that a name means.</summary>
    /// <param name="name">A bug (<c>B7</c>: all of its scenarios), or one scenario (<c>B7-count-only</c>); in either case.</param>
    /// <returns>Empty if there is none of that name.</returns>
    public static ImmutableArray<CatalogueEntry> Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return
        [
            .. All.Where(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
                || entry.Name.StartsWith($"{name}-", StringComparison.OrdinalIgnoreCase)),
        ];
    }
}
