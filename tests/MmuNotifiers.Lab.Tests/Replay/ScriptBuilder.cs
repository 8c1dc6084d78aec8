using System.Collections.Immutable;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replay;

/// <summary>Writes small recordings by hand: one process, 1, unless another is named.</summary>
internal sealed class ScriptBuilder
{
    public const ulong Code = 0x40_0000;
    public const ulong Heap = 0x60_0000;
    public const ulong StackTop = 0x7fff_0000_0000;
    public const ulong StackStart = StackTop - (4 * 4096);
    public const ulong Mapped = 0x7f00_0000_0000;

    private const long StepNanoseconds = 100_000;

    private readonly List<TraceEvent> _events = [];
    private long _now;

    /// <summary>Starts process 1: a page of code and a stack.</summary>
    public ScriptBuilder() => Exec(1);

    public int Thread { get; set; } = 1;

    public int Process { get; set; } = 1;

    public ReplayScript Build() =>
        ReplayScript.Of(new TraceHeader { Origin = TraceOrigin.Synthetic, Command = ["made"] }, [.. _events]);

    public ScriptBuilder Exec(int process)
    {
        As(process);
        ImmutableArray<InitialArea> areas =
        [
            new(InitialAreaKind.FileSegment, new(Code), 32 * 4096, LinuxProtection.Read | LinuxProtection.Execute, LinuxMapFlags.Private, 1, 0),
            new(InitialAreaKind.Stack, new(StackStart), 4 * 4096, LinuxProtection.Read | LinuxProtection.Write, LinuxMapFlags.Private | LinuxMapFlags.GrowsDown, 0, 0),
        ];
        if (_events.Count == 0)
        {
            File(1, TraceFileKind.Regular, 32 * 4096);
        }

        return Add(new ExecEvent(Stamp(), "made", areas));
    }

    public ScriptBuilder As(int process, int? thread = null)
    {
        Process = process;
        Thread = thread ?? process;
        return this;
    }

    public ScriptBuilder File(int id, TraceFileKind kind, ulong sizeBytes) =>
        Add(new FileEvent(Stamp(), new TraceFile(id, kind, $"/file{id}", 1, (ulong)id, sizeBytes, SizeIsLowerBound: false)));

    public ScriptBuilder Map(ulong address, ulong pages, LinuxMapFlags flags = LinuxMapFlags.Private | LinuxMapFlags.Anonymous, int file = 0) =>
        Add(new MapCall(Stamp(), (long)address, new(0), pages * 4096, LinuxProtection.Read | LinuxProtection.Write, flags, file, 0));

    public ScriptBuilder Unmap(ulong address, ulong pages) => Add(new UnmapCall(Stamp(), 0, new(address), pages * 4096));

    public ScriptBuilder Protect(ulong address, ulong pages, LinuxProtection protection) =>
        Add(new ProtectCall(Stamp(), 0, new(address), pages * 4096, protection, -1));

    public ScriptBuilder Advise(ulong address, ulong pages, LinuxAdvice advice) =>
        Add(new AdviseCall(Stamp(), 0, new(address), pages * 4096, advice));

    public ScriptBuilder Break(ulong asked, ulong result) => Add(new BreakCall(Stamp(), (long)result, new(asked)));

    public ScriptBuilder Remap(ulong from, ulong oldPages, ulong newPages, ulong to) =>
        Add(new RemapCall(Stamp(), (long)to, new(from), oldPages * 4096, newPages * 4096, LinuxRemapFlags.MayMove, new(0)));

    public ScriptBuilder Fork(int child, LinuxCloneFlags flags = LinuxCloneFlags.None) =>
        Add(new ForkEvent(Stamp(), (flags & LinuxCloneFlags.Thread) != 0 ? Process : child, child, flags));

    public ScriptBuilder Exit() => Add(new ExitEvent(Stamp()));

    public ScriptBuilder Read(ulong address) => Fault(address, PageFaultError.User);

    public ScriptBuilder Write(ulong address) => Fault(address, PageFaultError.User | PageFaultError.Write);

    /// <summary>A store to a page that was there and write-protected.</summary>
    public ScriptBuilder Break(ulong address) => Fault(address, PageFaultError.User | PageFaultError.Write | PageFaultError.Present);

    public ScriptBuilder Fault(ulong address, PageFaultError error) => Add(new PageFaultEvent(Stamp(), new(address), error));

    /// <summary>The same moment for the next event, but for a microsecond.</summary>
    public ScriptBuilder AtOnce()
    {
        _now -= StepNanoseconds - 1000;
        return this;
    }

    public ScriptBuilder Add(TraceEvent item)
    {
        _events.Add(item);
        return this;
    }

    public TraceStamp Stamp() => new(_now += StepNanoseconds, Process, Thread);
}
