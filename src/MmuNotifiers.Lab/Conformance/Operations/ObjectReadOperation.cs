namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>pread(2) from an object into memory.</summary>
internal sealed record ObjectReadOperation(
    int Process,
    ObjectReference Object,
    ByteAmount Address,
    ByteAmount Length,
    ByteAmount Offset) : ConformanceOperation(Process);
