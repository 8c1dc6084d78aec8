namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>pwrite(2) to an object from memory.</summary>
internal sealed record ObjectWriteOperation(
    int Process,
    ObjectReference Object,
    ByteAmount Address,
    ByteAmount Length,
    ByteAmount Offset) : ConformanceOperation(Process);
