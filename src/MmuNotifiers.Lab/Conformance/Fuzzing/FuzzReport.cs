namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>What fuzzing found.</summary>
/// <param name="Seed">The seed of the first case.</param>
/// <param name="Cases">How many cases were played.</param>
/// <param name="Operations">How many random operations were compared.</param>
/// <param name="Comparisons">How many outcomes were compared altogether: also repetitions by devices, and looks at layouts, pages and objects.</param>
/// <param name="DeviceAccesses">How many accesses devices made on both sides.</param>
/// <param name="Seconds">How long it took, shrinking included.</param>
/// <param name="OperationsPerSecond">Random operations a second.</param>
/// <param name="Devices">What device operations were on the kernel.</param>
/// <param name="Mismatches">The cases that ended otherwise here.</param>
public sealed record FuzzReport(
    int Seed,
    long Cases,
    long Operations,
    long Comparisons,
    long DeviceAccesses,
    double Seconds,
    double OperationsPerSecond,
    Kernel.KernelDevices Devices,
    IReadOnlyList<FuzzMismatch> Mismatches);
