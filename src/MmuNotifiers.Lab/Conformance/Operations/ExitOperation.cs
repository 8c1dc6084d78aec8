namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>The process exits.</summary>
internal sealed record ExitOperation(int Process) : ConformanceOperation(Process);
