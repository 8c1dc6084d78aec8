using System.Collections.Immutable;
using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Turns the text of <c>valgrind --tool=lackey --trace-mem=yes</c> into page accesses, and with <c>--trace-syscalls=yes</c> into the calls between them.
/// The areas that the program began with are made up (<see cref="LackeyAreas"/>); they stand at the head of the trace but are known at the
/// end of the text only, so that the events wait in a temporary file. What is in memory does not grow with the length of the text.
/// </summary>
internal sealed class LackeyTextImporter : ITextImporter
{
    /// <summary>So many accesses make an event.</summary>
    private const int BatchAccesses = 1024;

    private const int ProgressEvery = 1 << 20;
    private const int TakeEvery = 64;

    private readonly TextLineReader _lines;
    private readonly TraceImportOptions _options;
    private readonly ImportProblems _problems;
    private readonly FileTable _files;
    private readonly LackeyCalls _calls;
    private readonly LackeyAreas _areas = new();
    private readonly AccessReducer _reducer;
    private readonly ImmutableArray<PageAccess>.Builder _batch = ImmutableArray.CreateBuilder<PageAccess>(BatchAccesses);
    private readonly List<TraceEvent> _ready = [];
    private readonly string _program;
    private readonly int _processId;
    private long _batchStamp;
    private long _instructions;
    private long _accesses;
    private long _kept;

    /// <summary>Reads what valgrind says of itself before the first access.</summary>
    public LackeyTextImporter(TextLineReader lines, TraceImportOptions options, ImportProblems problems)
    {
        _lines = lines;
        _options = options;
        _problems = problems;
        _reducer = new AccessReducer(options.WindowPages);
        _files = new FileTable(options.SizeOfFile);
        _calls = new LackeyCalls(_files, problems);
        TraceHeader header = options.Header ?? new TraceHeader { Origin = TraceOrigin.Lackey };
        _processId = 1;
        while (lines.Peek() is { } text && ValgrindLine.TryParse(text, out ValgrindLine said))
        {
            lines.Read();
            _processId = said.ProcessId;
            header = said.AddTo(header);
        }

        Header = header with { Notes = [.. header.Notes, .. Notes(options.WindowPages)] };
        _program = Header.Command is [var first, ..] ? first : "unknown program";
    }

    /// <summary>What stands at the head of the trace.</summary>
    public TraceHeader Header { get; }

    private TraceStamp Now => new(_instructions, _processId, _processId);

    /// <summary>Whether a text that begins with this line is lackey's.</summary>
    public static bool Recognises(ReadOnlySpan<char> first) =>
        ValgrindLine.TryParse(first, out _) || LackeyCallLine.Begins(first) || LackeyLine.TryParse(first, out _);

    /// <inheritdoc/>
    public IEnumerable<TraceEvent> Read()
    {
        using FileStream spool = new(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        var start = new EventSlot(Now);
        int fileId = _files.IdOf(_program, 0, 0, 0, start);
        Spool(spool, start);
        ImmutableArray<InitialArea> areas = _areas.Build(fileId);
        TraceFile program = ((FileEvent)start.Events[0]).File;
        yield return new FileEvent(start.Stamp, program.SizeIsLowerBound ? program with { SizeBytes = _areas.FileBytes } : program);
        yield return new ExecEvent(start.Stamp, NameOf(_program), areas);
        spool.Position = 0;
        using TraceReader reader = new(spool, "temporary file");
        foreach (TraceEvent item in reader.ReadAll().Skip(1))
        {
            yield return item;
        }

        yield return new ExitEvent(Now);
        _problems.Add("areas made up from what was accessed outside of mappings", areas.Length);
        _problems.Add("instructions", _instructions);
        _problems.Add("accesses to another page than the one before", _reducer.Accesses);
        _problems.Add("accesses kept", _kept);
    }

    private void Spool(Stream spool, EventSlot start)
    {
        using TraceWriter writer = new(spool, Header);
        writer.Write(start.Events[0]);
        while (TryReadLine())
        {
            WriteReady(writer);
        }

        Drain();
        WriteReady(writer);
        if (_accesses == 0)
        {
            throw _lines.Error("expected accesses, as valgrind prints them with --tool=lackey --trace-mem=yes; the text has none");
        }

        writer.Complete();
    }

    private void WriteReady(TraceWriter writer)
    {
        foreach (TraceEvent item in _ready)
        {
            writer.Write(item);
        }

        _ready.Clear();
    }

    /// <summary>Reads lines up to one that makes events, at most so many that progress is told in time.</summary>
    private bool TryReadLine()
    {
        while (_lines.TryRead(out ReadOnlySpan<char> text))
        {
            if (LackeyLine.TryParse(text, out LackeyLine access))
            {
                Take(access);
            }
            else
            {
                TakeOther(text);
            }

            if (_lines.LineNumber % ProgressEvery == 0)
            {
                _options.Progress?.Report(_lines.LineNumber);
            }

            if (_ready.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(in LackeyLine access)
    {
        _instructions += access.Kinds == PageAccessKinds.Execute ? 1 : 0;
        Reduce(access);
        if (++_accesses % TakeEvery == 0)
        {
            while (_reducer.TryTake(out PageAccess kept, out long stamp))
            {
                Keep(kept, stamp);
            }
        }
    }

    private void Reduce(in LackeyLine access)
    {
        ulong first = access.Address >> Page.Shift;
        ulong last = (access.Address + access.SizeBytes - 1) >> Page.Shift;
        for (ulong page = first; page <= last; page++)
        {
            _reducer.Add(page, access.Kinds, _instructions);
        }
    }

    private void TakeOther(ReadOnlySpan<char> text)
    {
        var slot = new EventSlot(Now);
        if (LackeyCallLine.Begins(text))
        {
            if (!LackeyCallLine.TryParse(text, out LackeyCallLine line))
            {
                throw _lines.Error("expected a call as valgrind prints it: SYSCALL[PID,TID](NUMBER) sys_NAME ( ARGUMENTS ) --> Success(0xN)");
            }

            _calls.Take(line, slot);
        }
        else if (text.TrimStart().StartsWith("-->", StringComparison.Ordinal))
        {
            _calls.TakeResult(text, slot);
        }
        else if (!text.Trim().IsEmpty && !ValgrindLine.TryParse(text, out _))
        {
            throw _lines.Error("expected an access (\"I  ADDRESS,SIZE\", \" L ADDRESS,SIZE\", \" S ...\" or \" M ...\"), a call (\"SYSCALL[\") or a line of valgrind's own (\"==PID==\")");
        }

        if (_calls.Copied is { } copied)
        {
            _calls.Copied = null;
            Reduce(copied);
        }

        if (slot.Events.Count > 0)
        {
            Drain();
            _ready.AddRange(slot.Events);
            foreach (SystemCallEvent call in slot.Events.OfType<SystemCallEvent>())
            {
                _areas.Follow(call);
            }
        }
    }

    /// <summary>Gives out everything that was seen: a mapping changes, or the text is at its end.</summary>
    private void Drain()
    {
        while (_reducer.TryDrain(out PageAccess kept, out long stamp))
        {
            Keep(kept, stamp);
        }

        EndBatch();
    }

    private void Keep(in PageAccess access, long stamp)
    {
        _areas.Access(access);
        _kept++;
        if (_batch.Count == 0)
        {
            _batchStamp = stamp;
        }

        _batch.Add(access);
        if (_batch.Count == BatchAccesses)
        {
            EndBatch();
        }
    }

    private void EndBatch()
    {
        if (_batch.Count > 0)
        {
            _ready.Add(new AccessesEvent(new TraceStamp(_batchStamp, _processId, _processId), _batch.ToImmutable()));
            _batch.Clear();
        }
    }

    private static string NameOf(string path)
    {
        const int Longest = 15;
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.Length <= Longest ? name : name[..Longest];
    }

    private static IEnumerable<string> Notes(int windowPages)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Accesses are reduced with a window of {windowPages} pages: from {windowPages} frames on the misses of LRU and of Belady's optimum are those of all accesses.");
        yield return "Time is counted in instructions, one as a nanosecond.";
        yield return "Of what the kernel loads and stores for the program only the bytes of read, pread64, write and pwrite64 are known; the areas that execve made are made up.";
    }
}
