using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Reports;

/// <summary>How a replay was run, as far as it decides the figures.</summary>
/// <param name="Secondaries">The kinds of secondary MMU attached to each address space.</param>
/// <param name="DeviceRate">Device accesses for each operation of the program, through each secondary.</param>
/// <param name="Seed">The seed of the device traffic.</param>
/// <param name="Threads">Whether devices ran on threads of their own.</param>
public sealed record ReplaySettings(ImmutableArray<string> Secondaries, double DeviceRate, ulong Seed, bool Threads);
