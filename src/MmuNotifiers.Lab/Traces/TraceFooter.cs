namespace MmuNotifiers.Lab.Traces;

/// <summary>What stands at the end of a complete trace. A trace without it was cut off.</summary>
/// <param name="Events">How many events the trace holds.</param>
/// <param name="PageFaults">How many of them are page faults.</param>
/// <param name="SystemCalls">How many of them are system calls.</param>
/// <param name="LostEvents">How many events the recorder lost; the sum over <see cref="LostEvent"/>.</param>
/// <param name="Processes">How many processes appear.</param>
/// <param name="Threads">How many threads appear.</param>
/// <param name="DurationNanoseconds">The time of the last event.</param>
public sealed record TraceFooter(
    long Events,
    long PageFaults,
    long SystemCalls,
    ulong LostEvents,
    int Processes,
    int Threads,
    long DurationNanoseconds)
{
    /// <summary>How many page accesses the trace holds; the sum over <see cref="AccessesEvent"/>.</summary>
    public long Accesses { get; init; }
}
