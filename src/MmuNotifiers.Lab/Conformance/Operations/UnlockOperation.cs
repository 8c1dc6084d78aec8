namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>munlock(2).</summary>
internal sealed record UnlockOperation(int Process, ByteAmount Address, ByteAmount Length) : ConformanceOperation(Process);
