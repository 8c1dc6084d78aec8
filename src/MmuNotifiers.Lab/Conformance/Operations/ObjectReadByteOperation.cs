namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>pread(2) of one byte.</summary>
internal sealed record ObjectReadByteOperation(int Process, ObjectReference Object, ByteAmount Offset) : ConformanceOperation(Process);
