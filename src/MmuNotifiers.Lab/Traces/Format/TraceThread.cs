namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>A thread that appeared in the trace.</summary>
/// <param name="number">Its number, from 0 in the order of appearance.</param>
/// <param name="processId">Its process.</param>
/// <param name="threadId">Its id.</param>
internal sealed class TraceThread(int number, int processId, int threadId)
{
    public int Number { get; } = number;

    public int ProcessId { get; } = processId;

    public int ThreadId { get; } = threadId;

    /// <summary>The page number of the fault before; the next one is stored as the distance from it.</summary>
    public ulong LastFaultPage { get; set; }

    /// <summary>The page number of the access before; the next one is stored as the distance from it.</summary>
    public ulong LastAccessedPage { get; set; }
}
