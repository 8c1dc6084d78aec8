namespace MmuNotifiers.Lab.Traces;

/// <summary>A file is introduced. It stands before the first event that names its id.</summary>
/// <param name="Stamp">When and in which thread it was first mapped.</param>
/// <param name="File">The file.</param>
public sealed record FileEvent(TraceStamp Stamp, TraceFile File) : TraceEvent(Stamp);
