namespace MmuNotifiers.Lab.Traces;

/// <summary>The thread of the stamp made a thread or a process: fork, vfork, clone or clone3.</summary>
/// <param name="Stamp">When and in which thread (the parent).</param>
/// <param name="ChildProcessId">The child's process; the parent's own if a thread was made.</param>
/// <param name="ChildThreadId">The child's first thread.</param>
/// <param name="Flags">What is shared.</param>
public sealed record ForkEvent(TraceStamp Stamp, int ChildProcessId, int ChildThreadId, LinuxCloneFlags Flags) : TraceEvent(Stamp)
{
    /// <summary>True for a thread of the same process.</summary>
    public bool MakesThread => ChildProcessId == ProcessId;

    /// <summary>True if no address space is copied: a thread, vfork or posix_spawn. A child process shares until its <see cref="ExecEvent"/>.</summary>
    public bool SharesAddressSpace => MakesThread || (Flags & LinuxCloneFlags.SharedAddressSpace) != 0;
}
