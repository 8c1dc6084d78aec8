namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>A program's load of one byte.</summary>
internal sealed record ReadByteOperation(int Process, ByteAmount Address) : ConformanceOperation(Process);
