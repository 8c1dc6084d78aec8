using System.Text.Json.Serialization;
using MmuNotifiers.Cli.Commands;
using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Checking.Catalogue;
using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Answers as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(InfoAnswer))]
[JsonSerializable(typeof(ReplayReport))]
[JsonSerializable(typeof(ConversionAnswer))]
[JsonSerializable(typeof(RefaultsAnswer))]
[JsonSerializable(typeof(DoctorAnswer))]
[JsonSerializable(typeof(VmAnswer))]
[JsonSerializable(typeof(ConformanceReport))]
[JsonSerializable(typeof(CatalogueReport))]
[JsonSerializable(typeof(CheckListAnswer))]
[JsonSerializable(typeof(ComparisonReport))]
[JsonSerializable(typeof(FuzzAnswer))]
[JsonSerializable(typeof(SnapshotInfoAnswer))]
[JsonSerializable(typeof(RedisListAnswer))]
[JsonSerializable(typeof(RedisCollectAnswer))]
[JsonSerializable(typeof(SnapshotVerifyAnswer))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
