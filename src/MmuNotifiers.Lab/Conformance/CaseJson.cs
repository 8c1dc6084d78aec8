using System.Text.Json;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>The values of a case's JSON; whatever is missing or of another kind ends in a <see cref="FormatException"/> that says what.</summary>
internal static class CaseJson
{
    internal static string Text(JsonElement json, string property) =>
        Get(json, property) is { ValueKind: JsonValueKind.String } element
            ? element.GetString()!
            : throw new FormatException($"\"{property}\" should be a text");

    internal static bool Switch(JsonElement json, string property) => Get(json, property).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"\"{property}\" should be true or false"),
    };

    internal static int Number(JsonElement json, string property, int low, int high) =>
        Get(json, property) is { ValueKind: JsonValueKind.Number } element && element.TryGetInt32(out int number) && number >= low && number <= high
            ? number
            : throw new FormatException($"\"{property}\" should be a number from {low} to {high}");

    internal static ByteAmount Amount(JsonElement json, string property) =>
        OptionalAmount(json, property) ?? throw new FormatException($"\"{property}\" should be a number of pages or a text such as \"2p+100b\"");

    /// <summary>Null where the property is null or missing.</summary>
    internal static ByteAmount? OptionalAmount(JsonElement json, string property)
    {
        if (!json.TryGetProperty(property, out JsonElement element) || element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long pages))
        {
            return ByteAmount.OfPages(pages);
        }

        return element.ValueKind == JsonValueKind.String && ByteAmount.TryParse(element.GetString()!, out ByteAmount amount)
            ? amount
            : throw new FormatException($"\"{property}\" should be a number of pages or a text such as \"2p+100b\", not {element.GetRawText()}");
    }

    /// <summary>An array of texts, or one text alone; empty where the property is null or missing.</summary>
    internal static IReadOnlyList<string> Texts(JsonElement json, string property)
    {
        if (!json.TryGetProperty(property, out JsonElement element) || element.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            return [element.GetString()!];
        }

        return [.. Items(json, property).Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw new FormatException($"\"{property}\" should contain texts, not {item.GetRawText()}"))];
    }

    internal static IEnumerable<JsonElement> Items(JsonElement json, string property) =>
        Get(json, property) is { ValueKind: JsonValueKind.Array } element
            ? element.EnumerateArray()
            : throw new FormatException($"\"{property}\" should be an array");

    internal static IEnumerable<JsonProperty> Properties(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw new FormatException($"\"{name}\" should be an object");

    private static JsonElement Get(JsonElement json, string property) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(property, out JsonElement element)
            ? element
            : throw new FormatException($"\"{property}\" is missing");
}
