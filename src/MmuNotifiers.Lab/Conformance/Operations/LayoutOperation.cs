namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Looks at areas, as /proc/PID/maps shows them.</summary>
internal sealed record LayoutOperation(int Process, LayoutPlace Place = LayoutPlace.Window) : ConformanceOperation(Process);
