using MmuNotifiers.Lab.Conformance.Fuzzing;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun fuzz</c> answers.</summary>
/// <param name="Kernel">The kernel that judged.</param>
/// <param name="GuestReason">Why no guest repeated the accesses, or null if one did.</param>
/// <param name="Seed">The seed of the first case.</param>
/// <param name="Cases">How many cases were played.</param>
/// <param name="Operations">How many random operations were compared.</param>
/// <param name="Comparisons">How many outcomes were compared altogether.</param>
/// <param name="DeviceAccesses">How many accesses devices made on both sides.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="OperationsPerSecond">Random operations a second.</param>
/// <param name="Mismatches">The cases that ended otherwise here.</param>
internal sealed record FuzzAnswer(
    string Kernel,
    string? GuestReason,
    int Seed,
    long Cases,
    long Operations,
    long Comparisons,
    long DeviceAccesses,
    double Seconds,
    double OperationsPerSecond,
    IReadOnlyList<FuzzMismatch> Mismatches);
