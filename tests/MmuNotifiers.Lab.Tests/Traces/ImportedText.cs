using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Lab.Traces.Import;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>Imports a text in memory.</summary>
internal static class ImportedText
{
    public static List<TraceEvent> Import(string text) => Import(text, new TraceImportOptions(), out _);

    public static List<TraceEvent> Import(string text, TraceImportOptions options, out string[] remarks)
    {
        var problems = new ImportProblems();
        var lines = new TextLineReader(new StringReader(text), "text");
        ITextImporter importer = TraceImporter.Detect(lines, options, problems, out TraceHeader header);
        using var stream = new MemoryStream();
        using var writer = new TraceWriter(stream, header);
        var events = new List<TraceEvent>();
        foreach (TraceEvent item in importer.Read())
        {
            writer.Write(item);
            events.Add(item);
        }

        writer.Complete();
        remarks = [.. problems.Sentences];
        return events;
    }
}
