namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>What the importer knows of a process. Threads share it; fork copies it.</summary>
/// <param name="processId">Its id.</param>
internal sealed class StraceProcess(int processId)
{
    public int ProcessId { get; } = processId;

    /// <summary>True when the process stands in the output.</summary>
    public bool IsStarted { get; set; }

    public Dictionary<int, StraceFile> Descriptors { get; private init; } = [];

    /// <summary>Ranges that were mapped without any access, to be opened by mprotect piece by piece.</summary>
    public List<AddressRange> Reserved { get; private init; } = [];

    /// <summary>The last answer of brk, zero before the first.</summary>
    public VirtualAddress Break { get; set; }

    public StraceProcess CopyFor(int childId) => new(childId)
    {
        IsStarted = true,
        Descriptors = new Dictionary<int, StraceFile>(Descriptors),
        Reserved = [.. Reserved],
        Break = Break,
    };

    /// <summary>execve: the address space is new, the descriptors stay.</summary>
    public void Renew()
    {
        Reserved.Clear();
        Break = default;
    }
}
