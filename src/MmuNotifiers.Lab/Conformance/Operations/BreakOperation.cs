namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>brk(2): to a distance from the heap's first start, or, if negative, from its current end. Answers the end's distance from the first start.</summary>
internal sealed record BreakOperation(int Process, ByteAmount Delta) : ConformanceOperation(Process);
