using System.Text;
using System.Text.Json;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Writes cases in the form in which <see cref="ConformanceReader"/> reads them.</summary>
internal static class ConformanceWriter
{
    /// <summary>A case as one line.</summary>
    internal static string ToLine(ConformanceCase conformanceCase)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, OperationWriter.Options))
        {
            json.WriteStartObject();
            json.WriteString("name", conformanceCase.Name);
            json.WriteString("source", conformanceCase.Source);
            json.WriteStartArray("objects");
            foreach (ConformanceObject item in conformanceCase.Objects)
            {
                json.WriteStartObject();
                json.WriteNumber("id", item.Id);
                OperationWriter.WriteAmount(json, "size_pages", item.Size);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (conformanceCase.HasHeap)
            {
                json.WriteBoolean("heap", true);
            }

            WriteLimits(json, conformanceCase.Limits);
            json.WriteStartArray("ops");
            foreach (ConformanceOperation operation in conformanceCase.Operations)
            {
                OperationWriter.Write(json, operation);
            }

            json.WriteEndArray();
            json.WriteNumber("window_pages", conformanceCase.WindowPages);
            json.WriteNumber("page_size", Page.SizeBytes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteLimits(Utf8JsonWriter json, CaseLimits limits)
    {
        if (limits == CaseLimits.Usual)
        {
            return;
        }

        json.WriteStartObject("limits");
        if (limits.MoreAreas is { } areas)
        {
            json.WriteNumber("more_areas", areas);
        }

        WriteLimit(json, "more_addresses", limits.MoreAddresses);
        WriteLimit(json, "locked", limits.Locked);
        WriteLimit(json, "stack", limits.Stack);
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, string name, ByteAmount? limit)
    {
        if (limit is { } amount)
        {
            OperationWriter.WriteAmount(json, name, amount);
        }
    }
}
