using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>How a comparison was run, as far as it decides the figures.</summary>
/// <param name="Attachments">The attachments that were compared, by name.</param>
/// <param name="Secondaries">The secondary MMUs.</param>
/// <param name="DeviceRate">Device accesses for each operation of the program.</param>
/// <param name="Seed">The seed of the device traffic.</param>
/// <param name="Rounds">How often each row was replayed.</param>
public sealed record ComparisonSettings(
    ImmutableArray<string> Attachments, ImmutableArray<string> Secondaries, double DeviceRate, ulong Seed, int Rounds);
