namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Makes events of the system calls that valgrind prints between the accesses.</summary>
/// <param name="files">The files that calls map.</param>
/// <param name="problems">Counts what is passed over.</param>
internal sealed class LackeyCalls(FileTable files, ImportProblems problems)
{
    private readonly Dictionary<int, string> _descriptors = [];
    private readonly Dictionary<int, (string Name, string Arguments)> _running = [];

    /// <summary>The thread whose call was begun last: a result that stands alone in its line is its.</summary>
    private int _lastThread;

    /// <summary>What the kernel loaded or stored in the call that was completed last: the bytes of a read or a write; taken by setting it to null.</summary>
    public LackeyLine? Copied { get; set; }

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="slot">Receives the files that are introduced, and the call if it is one on the address space.</param>
    public void Take(in LackeyCallLine line, EventSlot slot)
    {
        _lastThread = line.ThreadId;
        if (line.Name.IsEmpty)
        {
            Return(line.ThreadId, line.Result, slot);
        }
        else if (line.Result is { } result)
        {
            Complete(line.Name, line.Arguments, result, slot);
        }
        else
        {
            _running[line.ThreadId] = (line.Name.ToString(), line.Arguments.ToString());
        }
    }

    /// <summary>Takes a result that stands alone in its line.</summary>
    public void TakeResult(ReadOnlySpan<char> text, EventSlot slot) => Return(_lastThread, LackeyCallLine.ResultOf(text, out _), slot);

    private void Return(int threadId, long? result, EventSlot slot)
    {
        if (result is { } known && _running.Remove(threadId, out (string Name, string Arguments) call))
        {
            Complete(call.Name, call.Arguments, known, slot);
        }
    }

    private void Complete(ReadOnlySpan<char> name, ReadOnlySpan<char> shown, long result, EventSlot slot)
    {
        if (name is "openat" or "open" or "creat")
        {
            if (result >= 0)
            {
                _descriptors[(int)result] = PathIn(shown);
            }

            return;
        }

        CallArguments arguments = default;
        int count = 0;
        foreach (Range part in shown.Split(", "))
        {
            if (count < CallArguments.Most && new TextCursor(shown[part]).TryNumber(out arguments[count]))
            {
                count++;
            }
        }

        if (name is "read" or "pread64" or "write" or "pwrite64")
        {
            if (result > 0 && count > 1)
            {
                Copied = new LackeyLine(name[0] is 'r' || name is "pread64" ? PageAccessKinds.Write : PageAccessKinds.Read, arguments[1], (ulong)result);
            }

            return;
        }

        if (!SystemCallTable.TryFind(name, out SystemCallKind kind))
        {
            return;
        }

        if (kind is SystemCallKind.Clone or SystemCallKind.Clone3 or SystemCallKind.Fork or SystemCallKind.VirtualFork or SystemCallKind.Exec)
        {
            problems.Count("calls that make a process, a thread or a program, whose accesses cannot be told apart");
            return;
        }

        if (count < SystemCallTable.ArgumentsOf(kind))
        {
            problems.Count("calls with fewer arguments than the call has");
            return;
        }

        PendingCall call = new() { Kind = kind, Arguments = arguments };
        if (kind is SystemCallKind.Map && result >= 0 && ((LinuxMapFlags)arguments[3] & LinuxMapFlags.Anonymous) == 0)
        {
            int descriptor = (int)(uint)arguments[4];
            string path = _descriptors.GetValueOrDefault(descriptor) ?? $"descriptor {descriptor}";
            call.FileId = files.IdOf(path, 0, 0, arguments[5] + arguments[1], slot);
        }

        slot.Events.Add(call.ToEvent(slot.Stamp, result));
    }

    /// <summary>The path in <c>4294967196, 0x4834bb0(/usr/lib/x.so), 524288</c>.</summary>
    private static string PathIn(ReadOnlySpan<char> arguments)
    {
        int open = arguments.IndexOf('(');
        int close = arguments.LastIndexOf(')');
        return open < 0 || close < open ? "unknown" : arguments[(open + 1)..close].ToString();
    }
}
