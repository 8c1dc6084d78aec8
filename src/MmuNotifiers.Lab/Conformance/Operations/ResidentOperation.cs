namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>mincore(2).</summary>
internal sealed record ResidentOperation(int Process, ByteAmount Address, ByteAmount Length) : ConformanceOperation(Process);
