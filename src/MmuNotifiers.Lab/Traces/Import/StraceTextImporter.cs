namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Turns <c>strace -f</c> text into events. strace shows system calls only: the areas that execve makes are unknown, and accesses are made up by
/// <see cref="TouchRule"/>. A line stands at the call's return, an unfinished call at the line that resumes it.
/// </summary>
internal sealed class StraceTextImporter : ITextImporter
{
    /// <summary>The process of lines that show no thread: strace without -f.</summary>
    private const int OnlyThread = 1;

    private readonly TextLineReader _lines;
    private readonly ImportProblems _problems;
    private readonly TouchRule _rule;
    private readonly FileTable _files = new(null);
    private readonly StraceClock _clock = new();
    private readonly Dictionary<int, StraceThread> _threads = [];
    private readonly List<StraceThread> _forking = [];
    private readonly EventQueue _queue = new();
    private bool _onlyThreadIsNamed;

    public StraceTextImporter(TextLineReader lines, TouchRule rule, ImportProblems problems)
    {
        _lines = lines;
        _rule = rule;
        _problems = problems;
    }

    public IEnumerable<TraceEvent> Read()
    {
        while (_lines.Read() is { } text)
        {
            if (text.AsSpan().Trim().IsEmpty || text[0] == '#')
            {
                continue;
            }

            ReadLine(text);
            while (_queue.TryTake(out EventSlot? slot))
            {
                foreach (TraceEvent item in slot.Events)
                {
                    yield return item;
                }
            }
        }
    }

    private void ReadLine(string text)
    {
        if (!StraceLine.TryParse(Whole(text), out StraceLine line))
        {
            throw _lines.Error("expected a line of strace: [PID] [TIME] CALL(ARGUMENTS) = RESULT");
        }

        long now = _clock.Advance(line.Time);
        if (line.Kind is StraceLineKind.Other)
        {
            return;
        }

        StraceThread thread = ThreadOf(line.ThreadId ?? OnlyThread, now);
        if (!thread.Process.IsStarted && line.Call is not ("execve" or "execveat"))
        {
            Start(thread, "unknown", now);
        }

        switch (line.Kind)
        {
            case StraceLineKind.Exit:
                EventSlot end = Reserve(thread, now);
                end.Settle(new ExitEvent(end.Stamp));
                _threads.Remove(thread.ThreadId);
                break;
            case StraceLineKind.Unfinished:
                thread.UnfinishedCall = line.Call.ToString();
                thread.UnfinishedArguments = line.Arguments.ToString();
                if (IsFork(line.Call))
                {
                    thread.ChildAppeared = false;
                    _forking.Add(thread);
                }

                break;
            case StraceLineKind.Resumed:
                Resume(thread, line, now);
                break;
            default:
                ReadCall(thread, line.Call, line.Arguments.ToString(), line.Result, now);
                break;
        }
    }

    /// <summary>Without -o strace's own remark "Process N attached" comes in the midst of a line, which goes on in the next.</summary>
    private string Whole(string text)
    {
        const string Remark = "strace: Process ";
        int at = text.EndsWith(" attached", StringComparison.Ordinal) ? text.LastIndexOf(Remark, StringComparison.Ordinal) : -1;
        return at <= 0 ? text : text[..at] + _lines.Read();
    }

    private void Resume(StraceThread thread, in StraceLine line, long now)
    {
        if (thread.UnfinishedCall is null || !line.Call.SequenceEqual(thread.UnfinishedCall))
        {
            _problems.Count("resumed calls whose beginning is missing");
            return;
        }

        thread.UnfinishedCall = null;
        string arguments = thread.UnfinishedArguments + line.Arguments.ToString();
        if (_forking.Remove(thread) && thread.ChildAppeared)
        {
            return;
        }

        ReadCall(thread, line.Call, arguments, line.Result, now);
    }

    private void ReadCall(StraceThread thread, ReadOnlySpan<char> name, string arguments, ReadOnlySpan<char> result, long now)
    {
        if (!SystemCallTable.TryFind(name, out SystemCallKind kind))
        {
            StraceDescriptors.Note(thread.Process, name, arguments, result);
            return;
        }

        if (!StraceNumbers.TryParseResult(result, out long value))
        {
            _problems.Count("calls without a result");
        }
        else if (kind is SystemCallKind.Exec)
        {
            Exec(thread, arguments, value, now);
        }
        else if (IsFork(name))
        {
            if (value > 0)
            {
                Fork(thread, (int)value, name, arguments, now);
            }
        }
        else
        {
            AddCall(thread, kind, StraceArguments.Split(arguments), value, now);
        }
    }

    private void AddCall(StraceThread thread, SystemCallKind kind, List<string> shown, long result, long now)
    {
        int least = SystemCallTable.ArgumentsOf(kind);
        CallArguments arguments = default;
        for (int i = 0; i < Math.Min(shown.Count, CallArguments.Most); i++)
        {
            if (!StraceNumbers.TryParse(shown[i], out ulong value) && i < least && !IsVector(kind, i))
            {
                throw _lines.Error($"expected a number or names of flags as argument {i + 1} of {kind}, found {shown[i]}");
            }

            arguments[i] = value;
        }

        if (shown.Count < least)
        {
            throw _lines.Error($"expected {least} arguments of {kind}, found {shown.Count}");
        }

        EventSlot slot = Reserve(thread, now);
        var call = new PendingCall { Kind = kind, Arguments = arguments };
        StraceFile? file = null;
        if (kind is SystemCallKind.Map && ((LinuxMapFlags)arguments[3] & LinuxMapFlags.Anonymous) == 0 && result >= 0)
        {
            file = FileOf(thread.Process, shown[4], (int)arguments[4]);
            call.FileId = _files.IdOf(file.Path, 0, 0, arguments[5] + arguments[1], slot, file.SizeBytes);
        }

        SystemCallEvent item = call.ToEvent(slot.Stamp, result);
        slot.Events.Add(item);
        slot.Settle(item.Failed ? null : _rule.After(thread.Process, item, file?.SizeBytes));
    }

    /// <summary>process_madvise shows its vector of ranges in place of a number.</summary>
    private static bool IsVector(SystemCallKind kind, int argument) => kind is SystemCallKind.ProcessAdvise && argument <= 1;

    private static StraceFile FileOf(StraceProcess process, string shown, int descriptor)
    {
        int open = shown.IndexOf('<', StringComparison.Ordinal);
        StraceFile? known = process.Descriptors.GetValueOrDefault(descriptor);
        return open >= 0 && shown.EndsWith('>')
            ? new StraceFile(shown[(open + 1)..^1], known?.SizeBytes)
            : known ?? new StraceFile($"descriptor {descriptor} of process {process.ProcessId}", null);
    }

    private void Exec(StraceThread thread, string arguments, long result, long now)
    {
        if (result < 0)
        {
            return;
        }

        thread.Process.Renew();
        string path = StraceArguments.Quoted(StraceArguments.Split(arguments) is [var first, ..] ? first : string.Empty) ?? "unknown";
        Start(thread, path[(path.LastIndexOf('/') + 1)..], now);
    }

    private void Start(StraceThread thread, string program, long now)
    {
        thread.Process.IsStarted = true;
        EventSlot slot = Reserve(thread, now);
        slot.Settle(new ExecEvent(slot.Stamp, program, []));
    }

    private void Fork(StraceThread parent, int childThread, ReadOnlySpan<char> name, string arguments, long now)
    {
        LinuxCloneFlags flags = StraceCloneFlags.Of(name, arguments);
        bool isThread = (flags & LinuxCloneFlags.Thread) != 0;
        StraceProcess process = isThread ? parent.Process : parent.Process.CopyFor(childThread);
        EventSlot slot = Reserve(parent, now);
        slot.Settle(new ForkEvent(slot.Stamp, process.ProcessId, childThread, flags));
        _threads[childThread] = new StraceThread(process, childThread);
    }

    /// <summary>
    /// A thread that is heard of for the first time is the child of the fork that has been waiting longest. Without one it is the thread
    /// whose lines came without a number as long as it was the only one, or one that was running before strace came.
    /// </summary>
    private StraceThread ThreadOf(int threadId, long now)
    {
        if (_threads.TryGetValue(threadId, out StraceThread? thread))
        {
            return thread;
        }

        StraceThread? parent = _forking.Find(candidate => !candidate.ChildAppeared);
        if (parent is not null)
        {
            parent.ChildAppeared = true;
            Fork(parent, threadId, parent.UnfinishedCall, parent.UnfinishedArguments, now);
            return _threads[threadId];
        }

        if (!_onlyThreadIsNamed && _threads.TryGetValue(OnlyThread, out thread))
        {
            _onlyThreadIsNamed = true;
        }
        else
        {
            thread = new StraceThread(new StraceProcess(threadId), threadId);
        }

        _threads.Add(threadId, thread);
        return thread;
    }

    private EventSlot Reserve(StraceThread thread, long now) => _queue.Reserve(new TraceStamp(now, thread.Process.ProcessId, thread.ThreadId));

    private static bool IsFork(ReadOnlySpan<char> name) => name is "clone" or "clone3" or "fork" or "vfork";
}
