namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Reads of a whole object, answered by a sum of its bytes and size. Made by the fuzzer only: files have no form for it.</summary>
internal sealed record SumObjectOperation(int Process, ObjectReference Object) : ConformanceOperation(Process);
