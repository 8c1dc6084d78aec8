using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Turns bytes back into events. It believes nothing: each count and id is checked before it is used.</summary>
internal sealed class EventDecoder
{
    /// <summary>The fewest bytes that an area of an exec can have: seven fields.</summary>
    private const int AreaLeastBytes = 7;

    private readonly CodecState _state = new();

    /// <summary>Reads the event at the reader's position.</summary>
    /// <exception cref="MalformedEventException">The bytes make no sense.</exception>
    public TraceEvent Decode(ref VarintReader input)
    {
        var kind = (EventKind)input.Byte();
        TraceThread thread = ReadThread(ref input);
        ulong elapsed = input.Unsigned();
        if (elapsed > (ulong)(long.MaxValue - _state.Nanoseconds))
        {
            throw new MalformedEventException("expected a time below 2^63 ns");
        }

        _state.Nanoseconds += (long)elapsed;
        var stamp = new TraceStamp(_state.Nanoseconds, thread.ProcessId, thread.ThreadId);
        return kind switch
        {
            EventKind.PageFault => ReadFault(ref input, stamp, thread),
            EventKind.Touch => new TouchEvent(stamp, input.Address(), input.Unsigned(), ReadAccess(ref input)),
            EventKind.Accesses => ReadAccesses(ref input, stamp, thread),
            EventKind.Exec => ReadExec(ref input, stamp),
            EventKind.Fork => new ForkEvent(stamp, input.Int32(), input.Int32(), (LinuxCloneFlags)input.Unsigned()),
            EventKind.Exit => new ExitEvent(stamp),
            EventKind.Lost => new LostEvent(stamp, input.Unsigned()),
            EventKind.File => ReadFile(ref input, stamp),
            >= EventKind.Map and <= EventKind.Sync => ReadCall(ref input, kind, stamp),
            _ => throw new MalformedEventException($"expected the kind of an event, found {(byte)kind}"),
        };
    }

    private TraceThread ReadThread(ref VarintReader input)
    {
        ulong number = input.Unsigned();
        if (number == 0)
        {
            int processId = input.Int32();
            int threadId = input.Int32();
            return _state.Find(processId, threadId) is null
                ? _state.Add(processId, threadId)
                : throw new MalformedEventException($"expected a new thread, but {processId}/{threadId} is known");
        }

        return number <= (ulong)_state.ThreadCount
            ? _state[(int)(number - 1)]
            : throw new MalformedEventException($"expected one of {_state.ThreadCount} threads, found number {number}");
    }

    private static PageFaultEvent ReadFault(ref VarintReader input, TraceStamp stamp, TraceThread thread)
    {
        var error = (PageFaultError)input.UInt32();
        ulong page = thread.LastFaultPage + (ulong)input.Signed();
        ulong offset = input.Unsigned();
        if (offset > Page.OffsetMask || page > ulong.MaxValue >> Page.Shift)
        {
            throw new MalformedEventException("expected a page number of 52 bits and an offset of 12");
        }

        thread.LastFaultPage = page;
        return new PageFaultEvent(stamp, VirtualAddress.OfPage(page) + offset, error);
    }

    private static TouchAccess ReadAccess(ref VarintReader input)
    {
        byte access = input.Byte();
        return access <= (byte)TouchAccess.Write
            ? (TouchAccess)access
            : throw new MalformedEventException("expected 0 for a read or 1 for a write");
    }

    private static AccessesEvent ReadAccesses(ref VarintReader input, TraceStamp stamp, TraceThread thread)
    {
        ulong count = input.Unsigned();
        if (count == 0 || count > (ulong)Math.Min(input.Remaining, AccessesEvent.MostAccesses))
        {
            throw new MalformedEventException($"expected 1 to {AccessesEvent.MostAccesses} accesses, as many as the block can hold, found {count}");
        }

        ImmutableArray<PageAccess>.Builder accesses = ImmutableArray.CreateBuilder<PageAccess>((int)count);
        ulong page = thread.LastAccessedPage;
        for (ulong i = 0; i < count; i++)
        {
            ulong packed = input.Unsigned();
            ulong kinds = packed & (ulong)PageAccess.All;
            ulong zigzag = packed >> TraceFormat.AccessKindBits;
            page += (zigzag >> 1) ^ (0 - (zigzag & 1));
            if (kinds == 0 || page > ulong.MaxValue >> Page.Shift)
            {
                throw new MalformedEventException("expected an access of a kind to a page number of 52 bits");
            }

            accesses.Add(new PageAccess(VirtualAddress.OfPage(page), (PageAccessKinds)kinds));
        }

        thread.LastAccessedPage = page;
        return new AccessesEvent(stamp, accesses.MoveToImmutable());
    }

    private ExecEvent ReadExec(ref VarintReader input, TraceStamp stamp)
    {
        string program = input.Text();
        ulong count = input.Unsigned();
        if (count > (ulong)(input.Remaining / AreaLeastBytes))
        {
            throw new MalformedEventException($"expected as many areas as the block can hold, found {count}");
        }

        ImmutableArray<InitialArea>.Builder areas = ImmutableArray.CreateBuilder<InitialArea>((int)count);
        for (ulong i = 0; i < count; i++)
        {
            byte kind = input.Byte();
            if (kind > (byte)InitialAreaKind.Heap)
            {
                throw new MalformedEventException($"expected the kind of an area, found {kind}");
            }

            areas.Add(new InitialArea(
                (InitialAreaKind)kind,
                input.Address(),
                input.Unsigned(),
                (LinuxProtection)input.UInt32(),
                (LinuxMapFlags)input.UInt32(),
                ReadFileId(ref input),
                input.Unsigned()));
        }

        return new ExecEvent(stamp, program, areas.MoveToImmutable());
    }

    private FileEvent ReadFile(ref VarintReader input, TraceStamp stamp)
    {
        byte kind = input.Byte();
        if (kind > (byte)TraceFileKind.Unknown)
        {
            throw new MalformedEventException($"expected the kind of a file, found {kind}");
        }

        string path = input.Text();
        ulong device = input.Unsigned();
        ulong inode = input.Unsigned();
        ulong size = input.Unsigned();
        byte lowerBound = input.Byte();
        if (lowerBound > 1)
        {
            throw new MalformedEventException("expected 0 or 1");
        }

        _state.Files++;
        return new FileEvent(stamp, new TraceFile(_state.Files, (TraceFileKind)kind, path, device, inode, size, lowerBound == 1));
    }

    private SystemCallEvent ReadCall(ref VarintReader input, EventKind kind, TraceStamp stamp)
    {
        long result = input.Signed();
        return kind switch
        {
            EventKind.Map => new MapCall(
                stamp, result, input.Address(), input.Unsigned(), ReadProtection(ref input), ReadFlags(ref input), ReadFileId(ref input), input.Unsigned()),
            EventKind.Unmap => new UnmapCall(stamp, result, input.Address(), input.Unsigned()),
            EventKind.Protect => new ProtectCall(
                stamp, result, input.Address(), input.Unsigned(), ReadProtection(ref input), input.Int32()),
            EventKind.Remap => new RemapCall(
                stamp, result, input.Address(), input.Unsigned(), input.Unsigned(), (LinuxRemapFlags)input.UInt32(), input.Address()),
            EventKind.Advise => new AdviseCall(stamp, result, input.Address(), input.Unsigned(), (LinuxAdvice)input.Int32()),
            EventKind.Break => new BreakCall(stamp, result, input.Address()),
            EventKind.RemapFilePages => new RemapFilePagesCall(
                stamp, result, input.Address(), input.Unsigned(), ReadProtection(ref input), input.Unsigned(), ReadFlags(ref input)),
            EventKind.Lock => new LockCall(stamp, result, input.Address(), input.Unsigned(), input.UInt32()),
            EventKind.Unlock => new UnlockCall(stamp, result, input.Address(), input.Unsigned()),
            EventKind.LockAll => new LockAllCall(stamp, result, input.UInt32()),
            EventKind.UnlockAll => new UnlockAllCall(stamp, result),
            EventKind.AttachShared => new AttachSharedCall(
                stamp, result, input.Int32(), input.Address(), input.UInt32(), ReadFileId(ref input), input.Unsigned()),
            EventKind.DetachShared => new DetachSharedCall(stamp, result, input.Address()),
            EventKind.ProcessAdvise => new ProcessAdviseCall(
                stamp, result, input.Int32(), input.Address(), input.Unsigned(), (LinuxAdvice)input.Int32(), input.UInt32()),
            EventKind.Sync => new SyncCall(stamp, result, input.Address(), input.Unsigned(), input.UInt32()),
            _ => throw new MalformedEventException($"expected the kind of an event, found {(byte)kind}"),
        };
    }

    private static LinuxProtection ReadProtection(ref VarintReader input) => (LinuxProtection)input.UInt32();

    private static LinuxMapFlags ReadFlags(ref VarintReader input) => (LinuxMapFlags)input.UInt32();

    private int ReadFileId(ref VarintReader input)
    {
        int id = input.Int32();
        return id >= 0 && id <= _state.Files
            ? id
            : throw new MalformedEventException($"expected one of {_state.Files} files, found number {id}");
    }
}
