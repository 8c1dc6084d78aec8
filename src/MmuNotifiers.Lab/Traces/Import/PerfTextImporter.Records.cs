namespace MmuNotifiers.Lab.Traces.Import;

/// <content>The records of perf itself: mappings, new threads, names, ends, losses.</content>
internal sealed partial class PerfTextImporter
{
    private void ReadRecord(in PerfLine line)
    {
        switch (line.Event)
        {
            case "PERF_RECORD_MMAP2" or "PERF_RECORD_MMAP":
                ReadMapping(line);
                break;
            case "PERF_RECORD_FORK":
                ReadFork(line);
                break;
            case "PERF_RECORD_COMM":
                ReadCommand(line);
                break;
            case "PERF_RECORD_EXIT":
                ReadExit(line);
                break;
            case "PERF_RECORD_LOST" or "PERF_RECORD_LOST_SAMPLES":
                ReadLost(line);
                break;
            default:
                _problems.Count("records of perf that do not change an address space");
                break;
        }
    }

    private void ReadMapping(in PerfLine line)
    {
        if (line.Details.StartsWith("-1/"))
        {
            return;
        }

        if (!PerfMapping.TryParse(line.Details, out PerfMapping mapping))
        {
            throw _lines.Error("expected a mapping: PID/TID: [0xSTART(0xLENGTH) @ OFFSET MAJ:MIN INODE GENERATION]: RWXP NAME");
        }

        if (line.Nanoseconds == 0)
        {
            if (!_found.TryGetValue(mapping.ProcessId, out List<PerfMapping>? found))
            {
                _found.Add(mapping.ProcessId, found = []);
            }

            found.Add(mapping);
            return;
        }

        PerfThread thread = KnownThread(mapping.ProcessId, mapping.ThreadId);
        StartIfNew(thread, line);
        if (thread.Exec is { } exec)
        {
            exec.Add(mapping, _files);
            return;
        }

        TakeEffectBefore(thread, line, mapping.Range);
        if (thread.Call is { } call)
        {
            TakeEffectAt(thread, call, line, mapping);
        }
    }

    /// <summary>The record stands inside the call that made or changed the area, so the call takes effect here.</summary>
    private void TakeEffectAt(PerfThread thread, PendingCall call, in PerfLine line, in PerfMapping mapping)
    {
        switch (call.Kind)
        {
            case SystemCallKind.Map or SystemCallKind.AttachShared when call.Slot is null:
                call.Slot = _queue.Reserve(StampOf(thread, line));
                call.Mapped = mapping.Range;
                call.FileId = mapping.IsFile
                    ? _files.IdOf(mapping.Name, mapping.Device, mapping.Inode, mapping.OffsetBytes + mapping.LengthBytes, call.Slot)
                    : 0;
                break;
            case SystemCallKind.Protect or SystemCallKind.ProtectWithKey or SystemCallKind.Break:
                call.Slot ??= _queue.Reserve(StampOf(thread, line));
                break;
        }
    }

    private void ReadFork(in PerfLine line)
    {
        var cursor = new TextCursor(line.Details);
        if (!cursor.TrySkip("(") || !cursor.TryInt32(out int childProcess) || !cursor.TrySkip(":") || !cursor.TryInt32(out int childThread)
            || !cursor.TrySkip("):(") || !cursor.TryInt32(out int parentProcess) || !cursor.TrySkip(":") || !cursor.TryInt32(out int parentThread))
        {
            throw _lines.Error("expected a new thread: (PID:TID):(PARENT-PID:PARENT-TID)");
        }

        _threads[childThread] = new PerfThread(childProcess, childThread);
        if (line.Nanoseconds == 0)
        {
            return;
        }

        PerfThread parent = KnownThread(parentProcess, parentThread);
        StartIfNew(parent, line);
        _started.Add(childProcess);
        SettleOpen(parent);
        parent.Fork = new PendingFork(_queue.Reserve(StampOf(parent, line)), childProcess, childThread);
    }

    private void ReadNewTask(in PerfLine line)
    {
        PerfThread parent = ThreadOf(line);
        var cursor = new TextCursor(line.Details);
        bool found = cursor.TrySkip("pid=") & cursor.TryInt32(out int child) & cursor.TryTakeUntil("clone_flags=", out _);
        cursor.TrySkip("0x");
        if (!found || !cursor.TryHexDigits(out ulong flags))
        {
            throw _lines.Error("expected a new task: pid=TID comm=NAME clone_flags=HEX");
        }

        if (parent.Fork is { } fork && fork.ChildThreadId == child)
        {
            fork.Settle((LinuxCloneFlags)flags);
            parent.Fork = null;
        }
    }

    private void ReadCommand(in PerfLine line)
    {
        if (!line.Details.StartsWith("exec: ") || line.Nanoseconds == 0)
        {
            return;
        }

        ReadOnlySpan<char> named = line.Details["exec: ".Length..];
        int colon = named.LastIndexOf(':');
        var ids = new TextCursor(colon < 0 ? [] : named[(colon + 1)..]);
        if (!ids.TryInt32(out int processId) || !ids.TrySkip("/") || !ids.TryInt32(out int threadId))
        {
            throw _lines.Error("expected a new program: exec: NAME:PID/TID");
        }

        PerfThread thread = KnownThread(processId, threadId);
        _started.Add(processId);
        SettleOpen(thread);
        EndCall(thread);
        thread.Exec = new PendingExec(_queue.Reserve(StampOf(thread, line)), named[..colon].ToString());
    }

    private void ReadExit(in PerfLine line)
    {
        var cursor = new TextCursor(line.Details);
        if (!cursor.TrySkip("(") || !cursor.TryInt32(out int processId) || !cursor.TrySkip(":") || !cursor.TryInt32(out int threadId))
        {
            throw _lines.Error("expected the end of a thread: (PID:TID):(PARENT-PID:PARENT-TID)");
        }

        if (!_threads.Remove(threadId, out PerfThread? thread))
        {
            return;
        }

        SettleOpen(thread);
        thread.Call?.Slot?.Settle(null);
        EndCall(thread);

        if (_started.Contains(processId))
        {
            EventSlot slot = _queue.Reserve(StampOf(thread, line));
            slot.Settle(new ExitEvent(slot.Stamp));
        }
    }

    /// <summary>
    /// The kernel notes each loss in the stream (LOST); since 6.1 perf adds at the end what each event lost as a whole (LOST_SAMPLES).
    /// Both tell of the same events, so that only what the second adds is counted.
    /// </summary>
    private void ReadLost(in PerfLine line)
    {
        var cursor = new TextCursor(line.Details);
        cursor.TrySkip("lost ");
        if (!cursor.TryDecimal(out ulong count))
        {
            throw _lines.Error("expected how many events were lost: lost COUNT");
        }

        bool isSum = line.Event is "PERF_RECORD_LOST_SAMPLES";
        ulong before = Math.Max(_lostRecords, _lostSamples);
        _lostRecords += isSum ? 0 : count;
        _lostSamples += isSum ? count : 0;
        ulong added = Math.Max(_lostRecords, _lostSamples) - before;
        if (added > 0)
        {
            EventSlot slot = _queue.Reserve(new TraceStamp(
                _firstNanoseconds < 0 ? 0 : Math.Max(0, line.Nanoseconds - _firstNanoseconds), line.ProcessId ?? line.ThreadId, line.ThreadId));
            slot.Settle(new LostEvent(slot.Stamp, added));
        }
    }
}
