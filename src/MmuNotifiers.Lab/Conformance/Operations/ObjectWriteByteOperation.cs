namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>pwrite(2) of one byte.</summary>
internal sealed record ObjectWriteByteOperation(
    int Process,
    ObjectReference Object,
    ByteAmount Offset,
    byte Value) : ConformanceOperation(Process);
