using System.Reflection;
using System.Text;
using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Comparison;

namespace MmuNotifiers.Cli.Rendering.Comparison;

/// <summary>
/// A comparison's report as one page with charts. Everything that the page needs is in the file: the report as JSON, the script
/// and the style, and Chart.js with its licence.
/// </summary>
internal static class ComparisonPage
{
    private const string SourceMapMark = "//# sourceMappingURL=";

    /// <summary>Writes the page; the file appears when it is complete, or not at all.</summary>
    public static void Write(string path, ComparisonReport report)
    {
        string unfinished = path + ".unfinished";
        File.WriteAllText(unfinished, Make(report), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>The page.</summary>
    public static string Make(ComparisonReport report) => Resource("compare.html")
        .Replace("{{style}}", Resource("compare.css"), StringComparison.Ordinal)
        .Replace("{{licence}}", Resource("chart.LICENSE.txt").Trim(), StringComparison.Ordinal)
        .Replace("{{charts}}", WithoutSourceMap(Resource("chart.umd.min.js")), StringComparison.Ordinal)
        .Replace("{{script}}", Resource("compare.js"), StringComparison.Ordinal)
        .Replace("{{report}}", Json(report), StringComparison.Ordinal);

    /// <summary>The report. The serializer escapes angle brackets, so that no text of it can end the element that it stands in.</summary>
    private static string Json(ComparisonReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.ComparisonReport);

    /// <summary>A browser's tools would look for the map beside the page.</summary>
    private static string WithoutSourceMap(string script)
    {
        int mark = script.LastIndexOf(SourceMapMark, StringComparison.Ordinal);
        return mark < 0 ? script : script[..mark];
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
