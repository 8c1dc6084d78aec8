namespace MmuNotifiers.Lab.Traces;

/// <summary>Where a trace comes from.</summary>
public enum TraceOrigin
{
    /// <summary>Recorded with perf by this project: every page fault and every address-space system call.</summary>
    Perf = 0,

    /// <summary>Imported from <c>perf script</c> text that someone else made, with whatever events it held.</summary>
    PerfText = 1,

    /// <summary>Imported from <c>strace</c> text: system calls only, accesses made up by <see cref="TraceHeader.TouchRule"/>.</summary>
    StraceText = 2,

    /// <summary>Written by a program, not recorded.</summary>
    Synthetic = 3,

    /// <summary>Imported from a memory trace of valgrind's lackey: every access, reduced to pages, no page faults.</summary>
    Lackey = 4,
}
