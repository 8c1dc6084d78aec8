using System.Text.Json.Serialization;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Header and footer as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TraceHeader))]
[JsonSerializable(typeof(TraceFooter))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
