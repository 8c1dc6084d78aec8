using System.Text.Json;
using MmuNotifiers.Lab.Traces.Format;

namespace MmuNotifiers.Lab.Traces;

/// <summary>Exports a trace as JSON lines: one object for the header, one for each event, one for the footer. docs/trace-format.md lists the fields.</summary>
public static class TraceJsonLines
{
    private static ReadOnlySpan<byte> NewLine => "\n"u8;

    /// <summary>Writes all that is left of a trace.</summary>
    /// <param name="reader">The trace.</param>
    /// <param name="output">Where to write; it stays open.</param>
    /// <exception cref="TraceFormatException">The trace is cut off or harmed; the lines before that point are written.</exception>
    public static void Export(TraceReader reader, Stream output)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output);
        WriteLine(json, output, "header", () => WriteMembers(json, JsonSerializer.SerializeToElement(reader.Header, TraceJsonContext.Default.TraceHeader)));
        var writer = new EventJsonWriter(json);
        while (reader.TryRead(out TraceEvent? item))
        {
            writer.Write(item);
            EndLine(json, output);
        }

        WriteLine(json, output, "footer", () => WriteMembers(json, JsonSerializer.SerializeToElement(reader.Footer!, TraceJsonContext.Default.TraceFooter)));
    }

    private static void WriteLine(Utf8JsonWriter json, Stream output, string kind, Action writeMembers)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        writeMembers();
        json.WriteEndObject();
        EndLine(json, output);
    }

    private static void WriteMembers(Utf8JsonWriter json, JsonElement element)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }

    private static void EndLine(Utf8JsonWriter json, Stream output)
    {
        json.Flush();
        output.Write(NewLine);
        json.Reset();
    }
}
