namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Turns events into bytes. Its twin is <see cref="EventDecoder"/>; each field is written here in the order in which it is read there.</summary>
internal sealed class EventEncoder
{
    private readonly CodecState _state = new();

    public VarintWriter Output { get; } = new();

    /// <summary>Appends one event.</summary>
    /// <exception cref="ArgumentException">The event stands before its predecessor, or names a file that was not introduced.</exception>
    public void Encode(TraceEvent item)
    {
        switch (item)
        {
            case PageFaultEvent fault:
                EncodeFault(fault);
                break;
            case TouchEvent touch:
                Begin(EventKind.Touch, item);
                Output.Address(touch.Address);
                Output.Unsigned(touch.Pages);
                Output.Byte((byte)touch.Access);
                break;
            case AccessesEvent accesses:
                EncodeAccesses(accesses);
                break;
            case ExecEvent exec:
                EncodeExec(exec);
                break;
            case ForkEvent fork:
                Begin(EventKind.Fork, item);
                Output.Signed(fork.ChildProcessId);
                Output.Signed(fork.ChildThreadId);
                Output.Unsigned((ulong)fork.Flags);
                break;
            case ExitEvent:
                Begin(EventKind.Exit, item);
                break;
            case LostEvent lost:
                Begin(EventKind.Lost, item);
                Output.Unsigned(lost.Count);
                break;
            case FileEvent introduced:
                EncodeFile(introduced);
                break;
            case SystemCallEvent call:
                EncodeCall(call);
                break;
            default:
                throw new ArgumentException($"{item.GetType().Name} has no place in the trace format.", nameof(item));
        }
    }

    private void EncodeFault(PageFaultEvent fault)
    {
        TraceThread thread = Begin(EventKind.PageFault, fault);
        ulong page = fault.Address.PageNumber;
        Output.Unsigned((uint)fault.Error);
        Output.Signed((long)(page - thread.LastFaultPage));
        Output.Unsigned((ulong)fault.Address.PageOffset);
        thread.LastFaultPage = page;
    }

    private void EncodeAccesses(AccessesEvent item)
    {
        ReadOnlySpan<PageAccess> accesses = item.Accesses.AsSpan();
        if (accesses.Length is 0 or > AccessesEvent.MostAccesses)
        {
            throw new ArgumentException($"Expected 1 to {AccessesEvent.MostAccesses} accesses, found {accesses.Length}.", nameof(item));
        }

        TraceThread thread = Begin(EventKind.Accesses, item);
        Output.Unsigned((ulong)accesses.Length);
        ulong last = thread.LastAccessedPage;
        foreach (PageAccess access in accesses)
        {
            ulong page = access.Address.PageNumber;
            long distance = (long)(page - last);
            ulong zigzag = (ulong)((distance << 1) ^ (distance >> 63));
            Output.Unsigned((zigzag << TraceFormat.AccessKindBits) | (uint)access.Kinds);
            last = page;
        }

        thread.LastAccessedPage = last;
    }

    private void EncodeExec(ExecEvent exec)
    {
        foreach (InitialArea area in exec.Areas)
        {
            ThrowIfUnknownFile(area.FileId);
        }

        Begin(EventKind.Exec, exec);
        Output.Text(exec.Program);
        Output.Unsigned((ulong)exec.Areas.Length);
        foreach (InitialArea area in exec.Areas)
        {
            Output.Byte((byte)area.Kind);
            Output.Address(area.Start);
            Output.Unsigned(area.LengthBytes);
            Output.Unsigned((uint)area.Protection);
            Output.Unsigned((uint)area.Flags);
            Output.Signed(area.FileId);
            Output.Unsigned(area.OffsetBytes);
        }
    }

    private void EncodeFile(FileEvent introduced)
    {
        TraceFile file = introduced.File;
        if (file.Id != _state.Files + 1)
        {
            throw new ArgumentException($"The next file must have id {_state.Files + 1}, not {file.Id}.", nameof(introduced));
        }

        Begin(EventKind.File, introduced);
        Output.Byte((byte)file.Kind);
        Output.Text(file.Path);
        Output.Unsigned(file.Device);
        Output.Unsigned(file.Inode);
        Output.Unsigned(file.SizeBytes);
        Output.Byte(file.SizeIsLowerBound ? (byte)1 : (byte)0);
        _state.Files = file.Id;
    }

    private void EncodeCall(SystemCallEvent item)
    {
        switch (item)
        {
            case MapCall call:
                ThrowIfUnknownFile(call.FileId);
                BeginCall(EventKind.Map, call);
                Output.Address(call.Address);
                Output.Unsigned(call.LengthBytes);
                Output.Unsigned((uint)call.Protection);
                Output.Unsigned((uint)call.Flags);
                Output.Signed(call.FileId);
                Output.Unsigned(call.OffsetBytes);
                break;
            case UnmapCall call:
                BeginRangeCall(EventKind.Unmap, call, call.Address, call.LengthBytes);
                break;
            case ProtectCall call:
                BeginRangeCall(EventKind.Protect, call, call.Address, call.LengthBytes);
                Output.Unsigned((uint)call.Protection);
                Output.Signed(call.ProtectionKey);
                break;
            case RemapCall call:
                BeginRangeCall(EventKind.Remap, call, call.OldAddress, call.OldLengthBytes);
                Output.Unsigned(call.NewLengthBytes);
                Output.Unsigned((uint)call.Flags);
                Output.Address(call.NewAddress);
                break;
            case AdviseCall call:
                BeginRangeCall(EventKind.Advise, call, call.Address, call.LengthBytes);
                Output.Signed((int)call.Advice);
                break;
            case BreakCall call:
                BeginCall(EventKind.Break, call);
                Output.Address(call.Address);
                break;
            case RemapFilePagesCall call:
                BeginRangeCall(EventKind.RemapFilePages, call, call.Address, call.LengthBytes);
                Output.Unsigned((uint)call.Protection);
                Output.Unsigned(call.PageOffset);
                Output.Unsigned((uint)call.Flags);
                break;
            default:
                EncodeRareCall(item);
                break;
        }
    }

    private void EncodeRareCall(SystemCallEvent item)
    {
        switch (item)
        {
            case LockCall call:
                BeginRangeCall(EventKind.Lock, call, call.Address, call.LengthBytes);
                Output.Unsigned(call.Flags);
                break;
            case UnlockCall call:
                BeginRangeCall(EventKind.Unlock, call, call.Address, call.LengthBytes);
                break;
            case LockAllCall call:
                BeginCall(EventKind.LockAll, call);
                Output.Unsigned(call.Flags);
                break;
            case UnlockAllCall call:
                BeginCall(EventKind.UnlockAll, call);
                break;
            case AttachSharedCall call:
                ThrowIfUnknownFile(call.FileId);
                BeginCall(EventKind.AttachShared, call);
                Output.Signed(call.SegmentId);
                Output.Address(call.Address);
                Output.Unsigned(call.Flags);
                Output.Signed(call.FileId);
                Output.Unsigned(call.LengthBytes);
                break;
            case DetachSharedCall call:
                BeginCall(EventKind.DetachShared, call);
                Output.Address(call.Address);
                break;
            case ProcessAdviseCall call:
                BeginCall(EventKind.ProcessAdvise, call);
                Output.Signed(call.ProcessFileDescriptor);
                Output.Address(call.Vector);
                Output.Unsigned(call.VectorCount);
                Output.Signed((int)call.Advice);
                Output.Unsigned(call.Flags);
                break;
            case SyncCall call:
                BeginRangeCall(EventKind.Sync, call, call.Address, call.LengthBytes);
                Output.Unsigned(call.Flags);
                break;
            default:
                throw new ArgumentException($"{item.GetType().Name} has no place in the trace format.", nameof(item));
        }
    }

    private void BeginRangeCall(EventKind kind, SystemCallEvent call, VirtualAddress start, ulong lengthBytes)
    {
        BeginCall(kind, call);
        Output.Address(start);
        Output.Unsigned(lengthBytes);
    }

    private void BeginCall(EventKind kind, SystemCallEvent call)
    {
        Begin(kind, call);
        Output.Signed(call.Result);
    }

    private TraceThread Begin(EventKind kind, TraceEvent item)
    {
        TraceStamp stamp = item.Stamp;
        if (stamp.Nanoseconds < _state.Nanoseconds)
        {
            throw new ArgumentException(
                $"An event at {stamp.Nanoseconds} ns cannot follow one at {_state.Nanoseconds} ns.", nameof(item));
        }

        Output.Byte((byte)kind);
        TraceThread? thread = _state.Find(stamp.ProcessId, stamp.ThreadId);
        if (thread is null)
        {
            thread = _state.Add(stamp.ProcessId, stamp.ThreadId);
            Output.Unsigned(0);
            Output.Signed(stamp.ProcessId);
            Output.Signed(stamp.ThreadId);
        }
        else
        {
            Output.Unsigned((ulong)thread.Number + 1);
        }

        Output.Unsigned((ulong)(stamp.Nanoseconds - _state.Nanoseconds));
        _state.Nanoseconds = stamp.Nanoseconds;
        return thread;
    }

    private void ThrowIfUnknownFile(int fileId)
    {
        if (fileId < 0 || fileId > _state.Files)
        {
            throw new ArgumentException($"File {fileId} was not introduced; {_state.Files} files were.", nameof(fileId));
        }
    }
}
