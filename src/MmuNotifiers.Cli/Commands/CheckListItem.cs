using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;

namespace MmuNotifiers.Cli.Commands;

/// <summary>One scenario of <c>mmun check --list</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">A bug of the field, or a mutation.</param>
/// <param name="Year">When the bug was found in the field.</param>
/// <param name="Title">What was wrong, in a few words.</param>
/// <param name="What">What was wrong.</param>
/// <param name="Interleaving">The interleaving, or the call that is missing.</param>
/// <param name="Seam">How the bug enters the program.</param>
/// <param name="Expected">The invariants that it breaks.</param>
internal sealed record CheckListItem(
    string Name, CatalogueKind Kind, int? Year, string Title, string What, string Interleaving, string Seam, string Expected)
{
    /// <summary>What is said of a scenario.</summary>
    internal static CheckListItem Of(CatalogueEntry entry) => new(
        entry.Name, entry.Kind, entry.Year, entry.Title, entry.What, entry.Interleaving, entry.Seam, entry.Expected.ToShortText());
}
