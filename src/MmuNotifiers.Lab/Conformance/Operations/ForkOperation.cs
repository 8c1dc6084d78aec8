namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>fork(2). The child is named by the number that it has from then on.</summary>
internal sealed record ForkOperation(int Process, int Child) : ConformanceOperation(Process);
