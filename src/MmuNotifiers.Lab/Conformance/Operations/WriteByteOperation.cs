namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>A program's store of one byte.</summary>
internal sealed record WriteByteOperation(int Process, ByteAmount Address, byte Value) : ConformanceOperation(Process);
