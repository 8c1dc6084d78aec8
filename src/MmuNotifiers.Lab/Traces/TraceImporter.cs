using MmuNotifiers.Lab.Traces.Import;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// Makes a trace from text: <c>perf script</c> with page faults and system calls, <c>strace -f</c>, or <c>valgrind --tool=lackey</c> with every access. Which of them a
/// text is, its content tells.
/// </summary>
public static class TraceImporter
{
    /// <summary>Reads a text to its end and writes a trace. The output file appears when it is complete, or not at all.</summary>
    /// <param name="text">The text; it is read line by line.</param>
    /// <param name="name">The name that errors show.</param>
    /// <param name="outputPath">The trace file to make or to replace.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="TraceFormatException">The text is none of them, or a line of it is not what it must be.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static TraceImportResult Import(TextReader text, string name, string outputPath, TraceImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        options ??= new TraceImportOptions();
        var lines = new TextLineReader(text, name);
        var problems = new ImportProblems();
        ITextImporter importer = Detect(lines, options, problems, out TraceHeader header);
        using TraceWriter writer = TraceWriter.Create(outputPath, header);
        foreach (TraceEvent item in importer.Read())
        {
            writer.Write(item);
        }

        return new TraceImportResult(header, writer.Complete(), lines.LineNumber, [.. problems.Sentences]);
    }

    internal static ITextImporter Detect(TextLineReader lines, TraceImportOptions options, ImportProblems problems, out TraceHeader header)
    {
        while (lines.Peek() is { } blank && (blank.AsSpan().Trim().IsEmpty || blank.StartsWith('#')))
        {
            lines.Read();
        }

        string? first = lines.Peek();
        if (first is not null && LackeyTextImporter.Recognises(first))
        {
            var importer = new LackeyTextImporter(lines, options, problems);
            header = importer.Header;
            return importer;
        }

        if (first is not null && PerfLine.TryParse(first, out _))
        {
            header = options.Header ?? new TraceHeader { Origin = TraceOrigin.PerfText };
            return new PerfTextImporter(lines, options.SizeOfFile, problems);
        }

        if (first is not null && StraceLine.TryParse(first, out _))
        {
            var rule = new TouchRule(options.TouchLimitPages);
            TraceHeader given = options.Header ?? new TraceHeader { Origin = TraceOrigin.StraceText };
            header = given with { TouchRule = rule.Sentence };
            return new StraceTextImporter(lines, rule, problems);
        }

        lines.Read();
        throw lines.Error("expected the text of perf script (COMM PID/TID [CPU] SECONDS: EVENT: DETAILS), of strace -f (PID CALL(ARGUMENTS) = RESULT) or of valgrind --tool=lackey --trace-mem=yes (I  ADDRESS,SIZE)");
    }
}
