namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>fallocate(2) with FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE.</summary>
internal sealed record ObjectPunchOperation(
    int Process,
    ObjectReference Object,
    ByteAmount Offset,
    ByteAmount Length) : ConformanceOperation(Process);
