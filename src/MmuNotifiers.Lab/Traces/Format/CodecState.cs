namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>
/// What encoder and decoder both carry from event to event, so that most events shrink to a few bytes: the time, the threads seen so
/// far (named by their number after the first time) and the last page that each thread faulted on. It lives as long as the file, not the block.
/// </summary>
internal sealed class CodecState
{
    private readonly Dictionary<(int ProcessId, int ThreadId), TraceThread> _threads = [];
    private readonly List<TraceThread> _byNumber = [];

    public long Nanoseconds { get; set; }

    /// <summary>How many files were introduced; their ids are 1 to this.</summary>
    public int Files { get; set; }

    public int ThreadCount => _byNumber.Count;

    public TraceThread this[int number] => _byNumber[number];

    public TraceThread? Find(int processId, int threadId) => _threads.GetValueOrDefault((processId, threadId));

    public TraceThread Add(int processId, int threadId)
    {
        var thread = new TraceThread(_byNumber.Count, processId, threadId);
        _threads.Add((processId, threadId), thread);
        _byNumber.Add(thread);
        return thread;
    }
}
