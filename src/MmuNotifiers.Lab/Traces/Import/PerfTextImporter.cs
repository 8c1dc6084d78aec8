namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Turns <c>perf script</c> text into events. A call is one event although the text has its entry and its return; it stands where it took effect:
/// <list type="number">
/// <item>at the kernel's MMAP2 record, written under the lock of the address space (mmap, shmat, brk that grows, mprotect);</item>
/// <item>else before the first event of another thread that can only come after it: a mapping or a not-present fault inside a range that is being taken
/// away (munmap, MADV_DONTNEED);</item>
/// <item>else at its return.</item>
/// </list>
/// <code>
/// thread 1                         thread 2
/// enter munmap(A)
///   areas removed, lock dropped
///                                  enter mmap -> A        the place of munmap is here, before the mmap,
///                                  return A
/// return 0                                                not here: replay would take A away from thread 2
/// </code>
/// </summary>
internal sealed partial class PerfTextImporter : ITextImporter
{
    /// <summary>The highest address of user space with four-level page tables.</summary>
    private const ulong UserAddressLimit = 0x7fff_ffff_ffff;

    private readonly TextLineReader _lines;
    private readonly FileTable _files;
    private readonly ImportProblems _problems;
    private readonly EventQueue _queue = new();
    private readonly Dictionary<int, PerfThread> _threads = [];
    private readonly Dictionary<int, List<PerfMapping>> _found = [];
    private readonly HashSet<int> _started = [];
    private readonly HashSet<PerfThread> _discarding = [];
    private long _firstNanoseconds = -1;
    private ulong _lostRecords;
    private ulong _lostSamples;

    public PerfTextImporter(TextLineReader lines, Func<string, ulong?>? sizeOf, ImportProblems problems)
    {
        _lines = lines;
        _files = new FileTable(sizeOf);
        _problems = problems;
    }

    public IEnumerable<TraceEvent> Read()
    {
        while (_lines.Read() is { } line)
        {
            ReadLine(line);
            while (_queue.TryTake(out EventSlot? slot))
            {
                foreach (TraceEvent item in slot.Events)
                {
                    yield return item;
                }
            }
        }

        Finish();
        while (_queue.TryTake(out EventSlot? slot))
        {
            foreach (TraceEvent item in slot.Events)
            {
                yield return item;
            }
        }
    }

    private void ReadLine(string text)
    {
        if (!PerfLine.TryParse(text, out PerfLine line))
        {
            SkipOrRefuse(text);
        }
        else if (line.Event.StartsWith("PERF_RECORD_"))
        {
            ReadRecord(line);
        }
        else if (line.ThreadId > 0 && line.Nanoseconds > 0)
        {
            ReadSample(line);
        }
    }

    private void ReadSample(in PerfLine line)
    {
        ReadOnlySpan<char> name = line.Event;
        int colon = name.IndexOf(':');
        ReadOnlySpan<char> group = colon < 0 ? [] : name[..colon];
        ReadOnlySpan<char> tracepoint = name[(colon + 1)..];
        if (group is "exceptions" && tracepoint is "page_fault_user" or "page_fault_kernel")
        {
            ReadFault(line, inKernel: tracepoint is "page_fault_kernel");
        }
        else if (group is "syscalls" && tracepoint.StartsWith("sys_enter_"))
        {
            ReadEntry(line, tracepoint["sys_enter_".Length..]);
        }
        else if (group is "syscalls" && tracepoint.StartsWith("sys_exit_"))
        {
            ReadReturn(line, tracepoint["sys_exit_".Length..]);
        }
        else if (group is "raw_syscalls")
        {
            ReadRawCall(line, tracepoint);
        }
        else if (name is "task:task_newtask")
        {
            ReadNewTask(line);
        }
        else
        {
            _problems.Count("lines with events that do not change an address space");
        }
    }

    /// <summary>Call chains, comments and empty lines stand between the lines; anything else does not belong here.</summary>
    private void SkipOrRefuse(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        bool belongs = trimmed.IsEmpty || trimmed[0] == '#' || (char.IsWhiteSpace(text[0]) && char.IsAsciiHexDigit(trimmed[0]));
        if (!belongs)
        {
            throw _lines.Error("expected a line of perf script: COMM PID/TID [CPU] SECONDS: EVENT: DETAILS");
        }
    }

    private void Finish()
    {
        foreach (PerfThread thread in _threads.Values)
        {
            SettleOpen(thread);
            EndCall(thread);
        }

        _queue.SettleAll();
    }

    /// <summary>The thread of a line; it is started in the output if this is the first that is heard of its process.</summary>
    private PerfThread ThreadOf(in PerfLine line)
    {
        PerfThread thread = KnownThread(line.ProcessId, line.ThreadId);
        StartIfNew(thread, line);
        return thread;
    }

    private PerfThread KnownThread(int? processId, int threadId)
    {
        if (!_threads.TryGetValue(threadId, out PerfThread? thread))
        {
            thread = new PerfThread(processId ?? threadId, threadId);
            _threads.Add(threadId, thread);
        }
        else if (processId is { } known)
        {
            thread.ProcessId = known;
        }

        return thread;
    }

    /// <summary>A process that was running before the recording began starts with the areas that perf found in /proc.</summary>
    private void StartIfNew(PerfThread thread, in PerfLine line)
    {
        if (!_started.Add(thread.ProcessId))
        {
            return;
        }

        var exec = new PendingExec(_queue.Reserve(StampOf(thread, line)), line.Command.ToString());
        if (_found.Remove(thread.ProcessId, out List<PerfMapping>? found))
        {
            foreach (PerfMapping mapping in found)
            {
                exec.Add(mapping, _files);
            }
        }
        else
        {
            _problems.Count("processes whose areas the text does not tell (they started before the recording)");
        }

        exec.Settle();
    }

    private TraceStamp StampOf(PerfThread thread, in PerfLine line)
    {
        if (_firstNanoseconds < 0)
        {
            _firstNanoseconds = line.Nanoseconds;
        }

        return new TraceStamp(Math.Max(0, line.Nanoseconds - _firstNanoseconds), thread.ProcessId, thread.ThreadId);
    }
}
