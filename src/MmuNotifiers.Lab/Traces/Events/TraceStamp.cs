namespace MmuNotifiers.Lab.Traces;

/// <summary>When and in which thread an event happened.</summary>
/// <param name="Nanoseconds">Nanoseconds since the start of the trace; never smaller than that of the event before.</param>
/// <param name="ProcessId">The kernel's thread group id.</param>
/// <param name="ThreadId">The kernel's thread id. The first thread of a process has the id of the process.</param>
public readonly record struct TraceStamp(long Nanoseconds, int ProcessId, int ThreadId);
