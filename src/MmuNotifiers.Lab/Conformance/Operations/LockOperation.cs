namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>mlock(2).</summary>
internal sealed record LockOperation(int Process, ByteAmount Address, ByteAmount Length) : ConformanceOperation(Process);
