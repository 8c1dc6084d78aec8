using MmuNotifiers.Lab.Traces.Format;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// One thing that a recorded program did to its address space, or that the kernel did for it. The derived records are all there
/// are; a consumer switches over them.
/// </summary>
/// <param name="Stamp">When and in which thread.</param>
public abstract record TraceEvent(TraceStamp Stamp)
{
    /// <summary>Nanoseconds since the start of the trace.</summary>
    public long Nanoseconds => Stamp.Nanoseconds;

    /// <summary>The process in which it happened.</summary>
    public int ProcessId => Stamp.ProcessId;

    /// <summary>The thread in which it happened.</summary>
    public int ThreadId => Stamp.ThreadId;

    /// <summary>The event as it stands in the JSON export.</summary>
    public sealed override string ToString() => EventJsonWriter.ToText(this);
}
