namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Counts events for the footer. Writer and reader both keep one; a footer that disagrees with the reader's is refused.</summary>
internal sealed class TraceTally
{
    private readonly HashSet<int> _processes = [];
    private readonly HashSet<(int ProcessId, int ThreadId)> _threads = [];
    private long _events;
    private long _faults;
    private long _calls;
    private long _accesses;
    private ulong _lost;
    private long _nanoseconds;

    public void Count(TraceEvent item)
    {
        _events++;
        _nanoseconds = item.Nanoseconds;
        if (_threads.Add((item.ProcessId, item.ThreadId)))
        {
            _processes.Add(item.ProcessId);
        }

        switch (item)
        {
            case PageFaultEvent:
                _faults++;
                break;
            case SystemCallEvent:
                _calls++;
                break;
            case AccessesEvent accesses:
                _accesses += accesses.Accesses.Length;
                break;
            case LostEvent lost:
                _lost += lost.Count;
                break;
        }
    }

    public TraceFooter ToFooter() => new(_events, _faults, _calls, _lost, _processes.Count, _threads.Count, _nanoseconds)
    {
        Accesses = _accesses,
    };
}
