namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Looks at the areas of the window, as /proc/PID/maps shows them.</summary>
internal sealed record LayoutOperation(int Process) : ConformanceOperation(Process);
