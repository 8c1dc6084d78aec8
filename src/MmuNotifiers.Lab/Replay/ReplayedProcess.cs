namespace MmuNotifiers.Lab.Replay;

/// <summary>One recorded process: its threads, and the address space that it uses now.</summary>
internal sealed class ReplayedProcess(int processId, ReplayedSpace space)
{
    /// <summary>The recorded id.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>The address space; shared with the parent between a vfork and execve.</summary>
    public ReplayedSpace Space { get; set; } = space;

    /// <summary>The threads that live, by their recorded ids.</summary>
    public HashSet<int> Threads { get; } = [processId];
}
