using System.Text.Json;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Reads files of conformance cases: one JSON object a line; empty lines and lines that start with # are skipped.</summary>
public static class ConformanceReader
{
    private const int MaxWindowPages = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConformanceFormatException">A line has not the form of a case.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<ConformanceCase> ReadFile(string path)
    {
        using StreamReader reader = new(path);
        return Read(reader, path);
    }

    /// <summary>Reads cases from a text.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="source">What to call it in a message.</param>
    /// <exception cref="ConformanceFormatException">A line has not the form of a case.</exception>
    public static IReadOnlyList<ConformanceCase> Read(TextReader reader, string source)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<ConformanceCase> cases = [];
        int line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text) && text[0] != '#')
            {
                cases.Add(ReadLine(text, source, line));
            }
        }

        return cases;
    }

    private static ConformanceCase ReadLine(string text, string source, int line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return ReadCase(document.RootElement, line);
        }
        catch (JsonException exception)
        {
            throw new ConformanceFormatException(source, line, $"a line should be one JSON object: {exception.Message}");
        }
        catch (FormatException exception)
        {
            throw new ConformanceFormatException(source, line, exception.Message);
        }
    }

    private static ConformanceCase ReadCase(JsonElement json, int line)
    {
        string name = CaseJson.Text(json, "name");
        if (json.TryGetProperty("page_size", out _))
        {
            CaseJson.Number(json, "page_size", Page.SizeBytes, Page.SizeBytes);
        }

        ConformanceObject[] objects = json.TryGetProperty("objects", out _) ? [.. CaseJson.Items(json, "objects").Select(ReadObject)] : [];
        List<ConformanceOperation> operations = [];
        foreach (JsonElement item in CaseJson.Items(json, "ops"))
        {
            operations.Add(ReadOperation(item, name, operations.Count + 1, objects));
        }

        return new ConformanceCase
        {
            Name = name,
            Source = json.TryGetProperty("source", out _) ? CaseJson.Text(json, "source") : string.Empty,
            Line = line,
            WindowPages = json.TryGetProperty("window_pages", out _)
                ? (ulong)CaseJson.Number(json, "window_pages", 1, MaxWindowPages)
                : ConformanceCase.DefaultWindowPages,
            Objects = objects,
            HasHeap = json.TryGetProperty("heap", out _) && CaseJson.Switch(json, "heap"),
            Limits = json.TryGetProperty("limits", out JsonElement limits) ? ReadLimits(limits) : CaseLimits.Usual,
            Operations = operations,
        };
    }

    private static ConformanceObject ReadObject(JsonElement json) => new(
        CaseJson.Number(json, "id", 0, int.MaxValue),
        CaseJson.Amount(json, "size_pages"));

    private static CaseLimits ReadLimits(JsonElement json)
    {
        CaseLimits limits = CaseLimits.Usual;
        foreach (JsonProperty property in CaseJson.Properties(json, "limits"))
        {
            limits = property.Name switch
            {
                "more_areas" => limits with { MoreAreas = CaseJson.Number(json, "more_areas", 0, ushort.MaxValue) },
                "more_addresses" => limits with { MoreAddresses = CaseJson.Amount(json, "more_addresses") },
                "locked" => limits with { Locked = CaseJson.Amount(json, "locked") },
                "stack" => limits with { Stack = CaseJson.Amount(json, "stack") },
                _ => throw new FormatException($"unknown limit \"{property.Name}\""),
            };
        }

        return limits;
    }

    private static ConformanceOperation ReadOperation(JsonElement json, string name, int number, ConformanceObject[] objects)
    {
        try
        {
            ConformanceOperation operation = OperationReader.Read(json);
            if (ObjectOf(operation) is { IsBad: false } named && !objects.Any(known => known.Id == named.Id))
            {
                throw new FormatException($"there is no object {named.Id}");
            }

            return operation;
        }
        catch (FormatException exception)
        {
            throw new FormatException($"case \"{name}\", operation {number}: {exception.Message}");
        }
    }

    private static ObjectReference? ObjectOf(ConformanceOperation operation) => operation switch
    {
        MapOperation map => map.Object,
        ObjectReadOperation read => read.Object,
        ObjectWriteOperation write => write.Object,
        ObjectReadByteOperation read => read.Object,
        ObjectWriteByteOperation write => write.Object,
        ObjectTruncateOperation truncate => truncate.Object,
        ObjectPunchOperation punch => punch.Object,
        _ => null,
    };
}
