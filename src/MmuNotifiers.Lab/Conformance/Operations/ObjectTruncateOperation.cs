namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>ftruncate(2).</summary>
internal sealed record ObjectTruncateOperation(int Process, ObjectReference Object, ByteAmount Size) : ConformanceOperation(Process);
