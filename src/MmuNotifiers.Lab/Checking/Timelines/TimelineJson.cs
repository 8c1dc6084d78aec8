using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Writes a timeline as JSON.</summary>
internal static class TimelineJson
{
    internal static string Write(Timeline timeline)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            Write(writer, timeline);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void Write(Utf8JsonWriter writer, Timeline timeline)
    {
        writer.WriteStartObject();
        writer.WriteString("scenario", timeline.Scenario);
        writer.WriteString("broken", timeline.Broken.ToShortText());
        writer.WriteString("sentence", timeline.Sentence);
        writer.WriteString("schedule", timeline.Schedule);
        WriteStrings(writer, "threads", timeline.Threads);
        WriteStrings(writer, "preparations", timeline.Preparations);
        writer.WriteStartArray("rows");
        foreach (TimelineRow row in timeline.Rows)
        {
            WriteRow(writer, row);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("brackets");
        foreach (TimelineBracket bracket in timeline.Brackets)
        {
            writer.WriteStartObject();
            writer.WriteNumber("thread", bracket.Thread);
            writer.WriteString("text", bracket.Text);
            writer.WriteNumber("firstRow", bracket.FirstRow);
            writer.WriteNumber("lastRow", bracket.LastRow);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter writer, TimelineRow row)
    {
        writer.WriteStartObject();
        writer.WriteNumber("thread", row.Thread);
        writer.WriteString("kind", char.ToLowerInvariant(row.Kind.ToString()[0]) + row.Kind.ToString()[1..]);
        writer.WriteString("text", row.Text);
        if (row.Step >= 0)
        {
            writer.WriteNumber("step", row.Step);
        }

        if (row.Folded > 0)
        {
            writer.WriteNumber("folded", row.Folded);
        }

        if (row.IsBroken)
        {
            writer.WriteBoolean("broken", true);
        }

        if (row.IsOrigin)
        {
            writer.WriteBoolean("origin", true);
        }

        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
