namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>munmap(2).</summary>
internal sealed record UnmapOperation(int Process, ByteAmount Address, ByteAmount Length) : ConformanceOperation(Process);
