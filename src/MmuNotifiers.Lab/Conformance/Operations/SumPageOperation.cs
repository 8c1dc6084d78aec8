namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>A program's loads of a whole page, answered by a sum of its bytes. Made by the fuzzer only: files have no form for it.</summary>
internal sealed record SumPageOperation(int Process, ByteAmount Address) : ConformanceOperation(Process);
