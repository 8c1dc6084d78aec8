using System.Globalization;
using System.Net;
using System.Text;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>One page, without anything from elsewhere, with the interleaving of each bug that was found.</summary>
public static class CataloguePage
{
    private const int TextWidth = 140;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file to make or to replace.</param>
    /// <param name="report">What was found.</param>
    public static void Write(string path, CatalogueReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        File.WriteAllText(path, ToHtml(report));
    }

    /// <summary>The page as text.</summary>
    public static string ToHtml(CatalogueReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>mmun check: {{report.Found}} found</title>
            <style>
            body { margin: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff }
            table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left; border-bottom: 1px solid #d0d7de }
            .number { text-align: right; font-variant-numeric: tabular-nums } .wrong { color: #b3261e; font-weight: 600 }
            .picture { overflow-x: auto; border: 1px solid #d0d7de; border-radius: 6px }
            pre { overflow-x: auto; font-size: 12px; line-height: 1.35 }
            h1 { font-size: 1.3rem } h2 { font-size: 1.1rem; margin-top: 2.5rem } summary { cursor: pointer }
            </style>
            </head>
            <body>
            <h1>{{report.Found}} found, {{report.Missed}} missed, {{report.TwinsFailed}} correct twins failed</h1>
            {{Overview(report)}}
            {{string.Concat(report.Scenarios.Select(Section))}}
            </body>
            </html>

            """;
    }

    private static string Overview(CatalogueReport report)
    {
        StringBuilder table = new("<table><tr><th>scenario</th><th>what</th><th>broken</th><th>found</th><th>executions</th><th>ms</th><th>twin</th></tr>\n");
        foreach (CatalogueResult result in report.Scenarios)
        {
            table.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"#{Text(result.Name)}\">{Text(result.Name)}</a></td><td>{Text(result.Title)}</td>");
            table.Append(CultureInfo.InvariantCulture, $"<td>{Text(result.Invariant ?? "-")}</td>{Verdict(result.Found, "yes", "no")}");
            table.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{result.Executions:N0}</td><td class=\"number\">{result.Seconds * 1000:N0}</td>");
            table.Append(Verdict(result.Twin.Passed, $"passes, {result.Twin.Bound}", "fails")).Append("</tr>\n");
        }

        return table.Append("</table>").ToString();
    }

    private static string Section(CatalogueResult result)
    {
        string picture = result.Timeline is null ? string.Empty : $"""

            <div class="picture">
            {result.Timeline.ToSvg()}
            </div>
            <details>
            <summary>As text</summary>
            <pre>{Text(result.Timeline.ToText(TextWidth))}</pre>
            </details>
            """;
        return $"""
            <h2 id="{Text(result.Name)}">{Text(result.Name)}: {Text(result.What)}</h2>
            <p>{Text(result.Sentence)}</p>{picture}

            """;
    }

    private static string Verdict(bool good, string yes, string no) => good ? $"<td>{Text(yes)}</td>" : $"<td class=\"wrong\">{no}</td>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
