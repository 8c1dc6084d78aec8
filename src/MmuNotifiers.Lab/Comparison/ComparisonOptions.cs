using System.Collections.Immutable;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>What is compared, and how.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The places to compare; empty for all.</summary>
    public ImmutableArray<AttachmentKind> Attachments { get; init; } = [];

    /// <summary>The secondary MMUs to compare them for; empty for all.</summary>
    public ImmutableArray<SecondaryKind> Secondaries { get; init; } = [];

    /// <summary>Device accesses for each operation of the program, 0 to 1000.</summary>
    public double DeviceRate { get; init; } = 1;

    /// <summary>The seed of the device traffic. Every row of a trace has the same traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// How often each row is replayed, 1 to 99. Counts come from the first, times are the medians of all; with one round they mean little.
    /// </summary>
    public int Rounds { get; init; } = 3;
}
