namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Something that only a running kernel is asked, answered by lines; files have no form for it.</summary>
internal sealed record KernelOperation(int Process, string Question) : ConformanceOperation(Process);
