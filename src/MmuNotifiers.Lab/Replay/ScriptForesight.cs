using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// What a replay takes from later events, because the recording has no event for it: where each heap starts, which pages of the
/// stack execve had filled already, and how far files are mapped.
/// </summary>
internal sealed class ScriptForesight
{
    private const ulong PagesOfOneFault = 17;

    private readonly Dictionary<ExecEvent, ProgramStart> _starts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, ulong> _mappedBytes = [];
    private readonly Dictionary<int, ProgramStart> _running = [];
    private readonly HashSet<(int ProcessId, VirtualAddress Page)> _accessed = [];

    private ScriptForesight()
    {
    }

    /// <summary>An upper bound for the frames that the whole replay can need at once.</summary>
    public ulong FramesNeeded { get; private set; } = 4096;

    /// <summary>Looks through a script.</summary>
    public static ScriptForesight Of(List<TraceEvent> events)
    {
        ScriptForesight foresight = new();
        foreach (TraceEvent item in events)
        {
            foresight.Look(item);
        }

        return foresight;
    }

    /// <summary>What is known of a program from its start on.</summary>
    public ProgramStart StartOf(ExecEvent exec) => _starts[exec];

    /// <summary>The size that a file must have in the replay, in bytes.</summary>
    public ulong SizeOf(TraceFile file)
    {
        ulong mapped = _mappedBytes.GetValueOrDefault(file.Id);
        return file.SizeIsLowerBound || file.Kind != TraceFileKind.Regular ? Math.Max(file.SizeBytes, mapped) : file.SizeBytes;
    }

    private void Look(TraceEvent item)
    {
        switch (item)
        {
            case ExecEvent exec:
                ProgramStart start = new(exec);
                _starts.Add(exec, start);
                _running[exec.ProcessId] = start;
                foreach (InitialArea area in exec.Areas)
                {
                    Mapped(area.FileId, area.OffsetBytes, area.LengthBytes);
                }

                break;
            case BreakCall call when _running.TryGetValue(call.ProcessId, out ProgramStart? program):
                program.SawBreak(call);
                break;
            case PageFaultEvent fault:
                FramesNeeded += PagesOfOneFault;
                _running.GetValueOrDefault(fault.ProcessId)?.SawFault(fault);
                break;
            case TouchEvent touch:
                FramesNeeded += Math.Min(touch.Pages, uint.MaxValue);
                break;
            case AccessesEvent accesses:
                foreach (PageAccess access in accesses.Accesses)
                {
                    FramesNeeded += _accessed.Add((accesses.ProcessId, access.Address)) ? 1UL : 0;
                }

                break;
            case MapCall { Failed: false } call:
                Mapped(call.FileId, call.OffsetBytes, call.LengthBytes);
                bool populates = (call.Flags & (LinuxMapFlags.Populate | LinuxMapFlags.Locked)) != 0;
                FramesNeeded += populates ? Page.Count(Bounded(call.LengthBytes)) : 0;
                break;
            case AttachSharedCall { Failed: false } call:
                Mapped(call.FileId, 0, call.LengthBytes);
                break;
            case LockCall { Failed: false } call:
                FramesNeeded += Page.Count(Bounded(call.LengthBytes));
                break;
            case AdviseCall { Failed: false, Advice: LinuxAdvice.PopulateRead or LinuxAdvice.PopulateWrite } call:
                FramesNeeded += Page.Count(Bounded(call.LengthBytes));
                break;
            case ForkEvent { SharesAddressSpace: false } fork when _running.TryGetValue(fork.ProcessId, out ProgramStart? parent):
                _running[fork.ChildProcessId] = parent.Child();
                break;
        }
    }

    private void Mapped(int fileId, ulong offsetBytes, ulong lengthBytes)
    {
        if (fileId != 0)
        {
            _mappedBytes[fileId] = Math.Max(_mappedBytes.GetValueOrDefault(fileId), Bounded(offsetBytes) + Bounded(lengthBytes));
        }
    }

    private static ulong Bounded(ulong bytes) => Math.Min(bytes, 1UL << 46);
}
