using MmuNotifiers.Lab.Conformance.Kernel;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>How long to fuzz, and with what.</summary>
public sealed record FuzzOptions
{
    /// <summary>The seed of the first case; the next one has the next seed.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>No case is begun after it.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>No case is begun once so many random operations were compared.</summary>
    public long MaxOperations { get; init; } = long.MaxValue;

    /// <summary>After so many mismatches it ends.</summary>
    public int MaxMismatches { get; init; } = 5;

    /// <summary>What device operations are on the kernel.</summary>
    public KernelDevices Devices { get; init; }
}
