using System.Text;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>The catalogue as a table of a Markdown page.</summary>
public static class CatalogueTable
{
    /// <summary>The scenarios of a kind, one row each, with the invariants that are found broken.</summary>
    public static string ToMarkdown(CatalogueKind kind)
    {
        StringBuilder table = new();
        table.Append(kind == CatalogueKind.Bug
            ? "| scenario | year | what was wrong | interleaving, or what is missing | breaks | how it enters |\n|---|---|---|---|---|---|\n"
            : "| scenario | what is wrong | interleaving, or what is missing | breaks | how it enters |\n|---|---|---|---|---|\n");
        foreach (CatalogueEntry entry in BugCatalogue.All)
        {
            if (entry.Kind == kind)
            {
                string year = kind == CatalogueKind.Bug ? $" {entry.Year?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} |" : string.Empty;
                table.Append($"| `{entry.Name}` |{year} {entry.What} | {entry.Interleaving} | {entry.Expected.ToShortText()} | {entry.Seam} |\n");
            }
        }

        return table.ToString();
    }
}
